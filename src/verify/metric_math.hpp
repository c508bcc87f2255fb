// CloudWatch metric math, as far as it can be told for one period alone: arithmetic, comparisons,
// AND, OR, SUM, MAX, MIN, AVG over several series, FILL with a number, IF, ABS, CEIL, FLOOR,
// METRICS().
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace trailbell::verify {

// The value of each id in this period; nothing where it is missing.
using period_values = std::map<std::string, std::optional<double>, std::less<>>;

struct math_answer {
  bool understood = false;
  std::optional<double> value;  // nothing: the period is missing
};
// `metrics`: what METRICS() stands for.
[[nodiscard]] math_answer evaluate_math(std::string_view expression, const period_values& values,
                                        const period_values& metrics);

}  // namespace trailbell::verify
