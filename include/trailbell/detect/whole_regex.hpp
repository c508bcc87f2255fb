// whole_regex: does an expression of RE2's syntax match a whole text? As Prometheus and
// Alertmanager mean their matchers. Pure; time is linear in the text.
#pragma once

#include <optional>
#include <string_view>

namespace trailbell::detect {

// Nothing where the expression is none, or too large.
[[nodiscard]] std::optional<bool> matches_whole(std::string_view expression, std::string_view text);

}  // namespace trailbell::detect
