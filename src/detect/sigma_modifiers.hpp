// The modifiers behind a field name of a Sigma rule: `userAgent|contains|all`.
//
// Source: Sigma specification 2.1.0, modifiers appendix; the longer names of `i`, `m` and `s` are
// pySigma's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "trailbell/model/yaml_mapping.hpp"

namespace trailbell::detect {

enum class sigma_modifier : std::uint8_t {
  all,
  base64,
  base64offset,
  cased,
  cidr,
  contains,
  day,
  endswith,
  exists,
  expand,
  fieldref,
  gt,
  gte,
  hour,
  i,
  lt,
  lte,
  m,
  minute,
  month,
  neq,
  re,
  s,
  startswith,
  utf16,
  utf16be,
  utf16le,
  week,
  windash,
  year
};

[[nodiscard]] std::string_view name_of(sigma_modifier modifier) noexcept;

// What the values are compared as: decided by at most one modifier.
enum class sigma_kind : std::uint8_t { text, regex, network, reference, comparison, exists };

struct sigma_modifiers {
  std::vector<sigma_modifier> chain;  // in the order of the rule, none twice
  sigma_kind kind = sigma_kind::text;

  [[nodiscard]] bool has(sigma_modifier wanted) const noexcept;
  // minute to year; null where there is none. Only with `comparison`.
  [[nodiscard]] const sigma_modifier* time_part() const noexcept;
  // lt to gte; null where there is none.
  [[nodiscard]] const sigma_modifier* order() const noexcept;
};

// `key` is a field name, which may be empty, and the modifiers behind it, each after a `|`. What is
// unknown, stands twice, or cannot stand beside another is a problem.
[[nodiscard]] sigma_modifiers read_sigma_modifiers(const yaml_file& file, const yaml_node& key,
                                                   problem_list& problems);

}  // namespace trailbell::detect
