// The rule of a composite alarm: ALARM("a") AND NOT OK(b), AT_LEAST(2, ALARM, (a, b, c)), TRUE.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "verify/alarm_evaluation.hpp"

namespace trailbell::verify {

// The state of an alarm, by its name or ARN.
using state_of_alarm = std::function<alarm_state(std::string_view alarm)>;

// Nothing where the rule cannot be read.
[[nodiscard]] std::optional<bool> composite_holds(std::string_view rule,
                                                  const state_of_alarm& state_of);

}  // namespace trailbell::verify
