// The forms, one file each.
#pragma once

#include "trailbell/detect/rule_convert.hpp"

namespace trailbell::detect {

[[nodiscard]] result<converted_rule> to_eventbridge(const pattern_rule& rule);
[[nodiscard]] result<converted_rule> to_sigma(const pattern_rule& rule);

// The failure of a conversion.
[[nodiscard]] inline error cannot_say(std::string what) {
  return {errc::usage, std::move(what)};
}

// Where a condition looks, by member names alone; nothing where there is an element or a wildcard.
[[nodiscard]] std::optional<std::vector<std::string>> member_path(const selector& where);

// The JSON condition of a rule; null where the pattern is of another kind.
[[nodiscard]] const condition_node<json_condition>* condition_of(
    const filter_pattern& pattern) noexcept;

}  // namespace trailbell::detect
