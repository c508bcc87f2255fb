// The tests in a rule, and the severities that rules and tests name: the same for every kind.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "trailbell/detect/rule_file.hpp"
#include "trailbell/model/yaml_mapping.hpp"

namespace trailbell::detect {

// What a test may have. A Sigma rule has one level, and suppresses nothing.
inline constexpr std::array<std::string_view, 5> pattern_test_keys{"name", "record", "match",
                                                                   "severity", "suppressed"};
inline constexpr std::array<std::string_view, 3> sigma_test_keys{"name", "record", "match"};

// `tests` is the list of them.
[[nodiscard]] std::vector<rule_test> read_rule_tests(const yaml_file& file, const yaml_node& tests,
                                                     std::span<const std::string_view> keys,
                                                     problem_list& problems);

// `key` is what the value belongs to, for messages.
[[nodiscard]] std::optional<severity> read_severity(const yaml_mapping& in, const yaml_node& value,
                                                    std::string_view key);

}  // namespace trailbell::detect
