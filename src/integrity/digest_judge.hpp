// digest_judge: digests, one by one and as a chain. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "integrity/object_name.hpp"
#include "trailbell/integrity/digest_check.hpp"

namespace trailbell::integrity {

enum class digest_state : std::uint8_t { valid, untold, bad };

struct time_span {
  std::int64_t from_ns, to_ns;

  [[nodiscard]] bool holds(std::int64_t ns) const noexcept { return from_ns <= ns && ns < to_ns; }
};

// Of an account and region: when every log file that was delivered is named by a digest that is
// there; and when one should be, that is missing or bad.
struct digest_times {
  std::vector<time_span> covered, lost;
};

using account_and_region = std::pair<std::string, std::string>;

struct judged_digests {
  std::vector<digest_state> states;  // as evidence::digests
  std::vector<bool> in_range;        // the same
  std::map<account_and_region, digest_times> times;
};

// Whether what was found there is, or may be, the object of that bucket and key.
[[nodiscard]] bool is_at(const object_position& where, std::string_view bucket,
                         std::string_view key) noexcept;

void add_finding(digest_report& to, fault what, std::string object, std::string reason);

// Findings, chains, notes and counts of digests go into the report.
[[nodiscard]] judged_digests judge_digests(const evidence& found, const key_ring& keys,
                                           const time_range& range, digest_report& into);

// False: it lies in S3, and outside of what was listed.
[[nodiscard]] bool was_listed(const evidence& found, const object_position& named_by,
                              const named_object& object) noexcept;

}  // namespace trailbell::integrity
