// A chain report as JSON (schema version 1), as text for a terminal, as JUnit XML, and as findings.
// Pure.
#pragma once

#include <string>

#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::verify {

// One JSON object and a line feed.
[[nodiscard]] std::string to_json(const chain_report& report);
// One control: its chain, drawn; several: a table. What comes from the account is escaped.
[[nodiscard]] std::string to_text(const chain_report& report);
// A case a control: missing is a failure, undetermined an error.
[[nodiscard]] std::string to_junit(const chain_report& report);
// A line a control: OCSF 1.5.0, Compliance Finding (2003).
[[nodiscard]] std::string to_ocsf(const chain_report& report);
// A JSON array, as Security Hub's BatchImportFindings takes it; a finding keeps its Id from check
// to check.
[[nodiscard]] std::string to_asff(const chain_report& report);

}  // namespace trailbell::verify
