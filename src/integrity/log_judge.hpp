// log_judge: log files, by what digests name. Pure.
#pragma once

#include "integrity/digest_judge.hpp"

namespace trailbell::integrity {

// Findings, notes, counts and what each log file is go into the report.
void judge_logs(const evidence& found, const judged_digests& digests, const time_range& range,
                digest_report& into);

}  // namespace trailbell::integrity
