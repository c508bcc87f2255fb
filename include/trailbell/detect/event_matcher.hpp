// event_matcher: is a name one of the sixteen? One multiplication, one table look-up, one compare.
//
// Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "trailbell/model/literal_probe.hpp"

namespace trailbell::detect {

// The index in iam_policy_events. Case matters, as it does in CloudTrail and in AWS's own filters.
[[nodiscard]] std::optional<std::size_t> match_iam_policy_event(std::string_view name) noexcept;

}  // namespace trailbell::detect
