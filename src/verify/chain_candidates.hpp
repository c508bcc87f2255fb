// Every way through an account: a trail, its log group, a filter on it, and the best of what is
// behind that.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "trailbell/verify/alarm_chain.hpp"
#include "verify/trail_link.hpp"

namespace trailbell::verify {

struct chain_candidate {
  std::vector<chain_link> links;  // in chain order; ends where the rest does not exist
  verdict is = verdict::missing;  // the worst link
  std::optional<detect::filter_pattern> pattern;  // nothing: not known
  std::vector<std::string> event_names;           // that the trail records, of the control's
  detect::coverage_answer alone;                  // what the pattern covers by itself

  // The filter is known, and may match something that the control is about.
  [[nodiscard]] bool matters() const noexcept {
    return pattern && alone.grade != detect::coverage_grade::none;
  }
};

[[nodiscard]] inline bool suffices(detect::coverage_grade grade) noexcept {
  return grade == detect::coverage_grade::full || grade == detect::coverage_grade::changes_only;
}

[[nodiscard]] verdict worst_of(const std::vector<chain_link>& links) noexcept;
// Whether `a` is nearer to being whole than `b`.
[[nodiscard]] bool is_better(const std::vector<chain_link>& a, const std::vector<chain_link>& b);

// Of all filters on the log group of this trail, best first. Where they are not known, one that is
// undetermined, without a pattern.
[[nodiscard]] std::vector<chain_candidate> candidates_of(const inventory& of, const control& wanted,
                                                         const chain_head& head);

}  // namespace trailbell::verify
