// digest_check: what an archive holds, and AWS's keys, to what is wrong with it.
//
// A digest is valid where it lies where it says, and AWS signed it; a log file where its sum is the
// one that a valid digest names. Digests name those before them: what is named and not there is
// missing. A log file that none names, in hours of which all digests are there, is not
// CloudTrail's. Pure: no clock, no network; the evidence is gathered by archive_evidence. Source:
// AWS CloudTrail User Guide, "Custom implementations of CloudTrail log file integrity validation";
// the order of the checks is that of `aws cloudtrail validate-logs`, which looks at no hash of a
// digest before and for no log file that is not named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/integrity/digest_document.hpp"
#include "trailbell/integrity/public_keys.hpp"
#include "trailbell/model/integrity.hpp"
#include "trailbell/model/position.hpp"

namespace trailbell::integrity {

struct found_digest {
  object_position where;
  std::optional<digest_document> document{};  // nothing: see `problem`
  std::string hash{};                         // of the inflated bytes: hex in lower case
  std::optional<std::string> signature{};     // hex; of S3's metadata, or a file beside a copy
  std::optional<error> problem{};
};

struct found_log {
  object_position where;
  std::string hash{};              // as above
  std::optional<error> problem{};  // it could not be read; corrupt: it is damaged
};

// Times of delivery, half-open; the Unix epoch in nanoseconds.
struct time_range {
  std::optional<std::int64_t> from_ns, to_ns;

  // A day more on each side: where a log file is looked at, and looked for.
  [[nodiscard]] bool is_near(std::int64_t ns) const noexcept;
};

struct evidence {
  std::deque<found_digest> digests;  // which stay in place while more are found
  std::deque<found_log> logs;
  std::vector<std::pair<std::string, error>> unread;  // paths, and why
  // Of S3, what was listed: bucket and prefix. What lies elsewhere is not missing.
  std::vector<std::pair<std::string, std::string>> listed;
  bool interrupted = false;
};

enum class fault : std::uint8_t {
  // It is not what AWS signed.
  digest_damaged,     // no digest's text
  digest_moved,       // not where it says that it is
  signature_missing,  // S3 has none for it
  signature_wrong,
  key_unknown,   // AWS has no such key
  chain_broken,  // the next digest names another one at its place
  digest_missing,
  log_changed,
  log_damaged,
  log_missing,
  log_unnamed,
  // It could not be told.
  signature_absent,  // of a copy, and no digest behind it has it either
  keys_unavailable,
  algorithm_unknown,
  unreadable,
  log_unproven,   // only digests name it of which that could not be told
  log_uncovered,  // of a time of which there is no digest
  log_elsewhere,  // named, and outside of what was looked at
  no_digest,
};
[[nodiscard]] std::string_view name_of(fault what) noexcept;  // "log_changed"
[[nodiscard]] bool is_failure(fault what) noexcept;           // false: it could not be told

struct finding {
  fault what;
  std::string object;  // a path, s3://BUCKET/KEY, or an account and a region
  std::string reason;  // a sentence, with what to do where there is something
};

struct chain_summary {
  std::string account, region, trail;
  bool backfill = false;
  std::int64_t from_ns = 0, to_ns = 0;
  std::uint64_t digests = 0;
  // Logging, or the validation of its files, was off: signed by the digest behind it.
  std::vector<std::pair<std::int64_t, std::int64_t>> gaps{};
};

struct digest_report {
  std::vector<chain_summary> chains;
  std::vector<finding> findings;   // at most limits::integrity_findings_max
  std::uint64_t left_out = 0;      // findings beyond it
  std::vector<std::string> notes;  // what is no finding
  integrity_totals totals;
  // By to_string() of their place. What is not in it is unverified.
  std::unordered_map<std::string, integrity_state> logs;

  [[nodiscard]] integrity_state of(const object_position& place) const;
};

// Regions whose keys are needed, as digests name them.
[[nodiscard]] std::set<std::string> regions_of(const evidence& found);

[[nodiscard]] digest_report check_digests(const evidence& found, const key_ring& keys,
                                          const time_range& range);

// One JSON object (schema version 1) and a line feed.
[[nodiscard]] std::string to_json(const digest_report& report);
// For people; what comes from the archive is escaped.
[[nodiscard]] std::string to_text(const digest_report& report);

}  // namespace trailbell::integrity
