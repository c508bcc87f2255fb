// What a replay did, in numbers: the content of its summary.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "trailbell/model/integrity.hpp"
#include "trailbell/model/tally.hpp"

namespace trailbell {

using named_counts = std::map<std::string, std::uint64_t, std::less<>>;

struct replay_totals {
  std::uint64_t objects = 0;              // files, pipes
  std::uint64_t objects_failed = 0;       // yielded nothing, or not all that they should
  std::uint64_t objects_done_before = 0;  // by the checkpoint: not read again, not in `objects`
  std::uint64_t bytes_read = 0;           // as stored
  std::uint64_t bytes_inflated = 0;       // as text
  decode_tally decoded;
  std::uint64_t matched = 0;              // records with at least one finding
  std::uint64_t findings = 0;             // = alerts + suppressed
  std::uint64_t alerts = 0;               // accepted by the output
  std::uint64_t suppressed = 0;           // = the two below
  std::uint64_t suppressed_by_dedup = 0;  // equal to one in the dedup window
  std::uint64_t suppressed_by_rule = 0;   // the rule leaves it out
  std::uint64_t threshold_untimed = 0;    // records without an eventTime that stateful rules took
  std::uint64_t threshold_evicted = 0;    // what stateful rules forgot for lack of room
  named_counts by_rule;                   // findings
  named_counts by_event_name;             // findings
  named_counts by_actor;                  // alerts; bounded, see limits
  named_counts by_account;                // alerts; bounded, see limits
  std::optional<std::string> first_match_time, last_match_time;  // event time, RFC 3339 as recorded
  double seconds = 0;
  bool interrupted = false;
  std::optional<integrity_totals> integrity{};  // where digests were verified

  // records = matched + passed + rejected
  [[nodiscard]] std::uint64_t passed() const noexcept {
    return decoded.records - matched - decoded.rejected;
  }
  // Something could not be read, or was no CloudTrail: the exit code says so.
  [[nodiscard]] bool incomplete() const noexcept {
    return objects_failed > 0 || decoded.rejected > 0 || decoded.unrecognised > 0 || interrupted;
  }
};

}  // namespace trailbell
