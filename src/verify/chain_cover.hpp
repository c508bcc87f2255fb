// What the filters of several candidates match together, each for the names that its trail records.
#pragma once

#include <vector>

#include "trailbell/detect/coverage.hpp"
#include "verify/chain_candidates.hpp"

namespace trailbell::verify {

using candidate_list = std::vector<const chain_candidate*>;  // each with a pattern

[[nodiscard]] detect::coverage_answer covered_by(const control& wanted, const candidate_list& by);
// They suffice. Without those that the others can do without, the last ones first.
[[nodiscard]] candidate_list fewest_of(const control& wanted, candidate_list of);

}  // namespace trailbell::verify
