// archive_evidence: digests and log files of folders and buckets, read for digest_check.
//
// Known by their names, as CloudTrail gives them: a local copy may lie in any folder, but keeps
// those. Every log file is read to its end, on several threads; objects of S3 are fetched ahead.
// Some 500 bytes of memory for each log file. A copy's digest may have its signature beside it, in
// FILE.signature.
//
// Blocking; control.stop ends it. Errors: within the evidence.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "trailbell/base/limits.hpp"
#include "trailbell/consume/object_source.hpp"
#include "trailbell/integrity/digest_check.hpp"

namespace trailbell::integrity {

struct archive_wish {
  std::vector<std::string> paths;  // "-" is left out
  std::optional<consume::s3_access> s3{};
  time_range range{};
  int threads = 1;                                            // that inflate and sum
  std::uint64_t object_bytes_max = limits::object_bytes_max;  // inflated
};

[[nodiscard]] evidence gather_evidence(const archive_wish& wish, consume::read_control& control);

}  // namespace trailbell::integrity
