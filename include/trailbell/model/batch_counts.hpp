// What one batch did, in numbers: added to the metrics when the batch is acked, and not before, so
// that counters and acknowledgement move together and every scrape shows whole batches.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "trailbell/model/alert.hpp"
#include "trailbell/model/loss.hpp"
#include "trailbell/model/replay_totals.hpp"
#include "trailbell/model/tally.hpp"

namespace trailbell {

struct batch_counts {
  std::uint64_t objects = 0, objects_failed = 0;
  std::uint64_t bytes_read = 0, bytes_inflated = 0;
  decode_tally decoded;
  std::uint64_t matched = 0;
  std::uint64_t findings = 0;             // = sum of alerts + both suppressed
  std::uint64_t suppressed_by_dedup = 0;  // equal to one in the dedup window
  std::uint64_t suppressed_by_rule = 0;   // its rule leaves it out
  named_counts findings_by_rule;          // rule id
  std::map<std::pair<std::string, severity>, std::uint64_t> alerts;  // rule id, severity
  // Matched records that are IAM policy changes: index into the sixteen names; success, failure.
  std::map<std::size_t, std::array<std::uint64_t, 2>> policy_changes;
  // The same by the userIdentity.type of who made them, as the record has it; empty without one.
  std::map<std::string, std::array<std::uint64_t, 2>, std::less<>> changes_by_actor;
  std::map<std::string, std::uint64_t, std::less<>> quarantined;  // reason: a closed set
  std::uint64_t quarantine_cut = 0;   // of those that its transaction has: not whole there
  std::vector<double> event_ages;     // seconds from event to detection, one a finding with a time
  std::vector<std::string> canaries;  // event ids: in none of the three above; at most a hundred

  // records = matched + passed + rejected
  [[nodiscard]] std::uint64_t passed() const noexcept {
    return decoded.records - matched - decoded.rejected;
  }
};

}  // namespace trailbell
