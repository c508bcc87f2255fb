// The language that SNS filter policies and EventBridge patterns share: does a message pass?
#pragma once

#include <cstdint>

#include "trailbell/model/json_tree.hpp"

namespace trailbell::verify {

enum class passing : std::uint8_t { no, maybe, yes };

// A null in the message is a value that is not known here. An operator that is not known makes
// `maybe`.
[[nodiscard]] passing passes_filter(json_value policy, json_value message);

}  // namespace trailbell::verify
