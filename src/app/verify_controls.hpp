// The controls that verify knows: those of the shipped rules.
#pragma once

#include <string>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::app {

// By their ids, each once, in this order; `all`: every one; none: cis-4.4. Errors: usage, which
// name every id that is none.
[[nodiscard]] result<std::vector<verify::control>> controls_of(const std::vector<std::string>& ids);

}  // namespace trailbell::app
