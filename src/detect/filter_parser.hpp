// From a pattern's text to its syntax tree, kind by kind.
#pragma once

#include <optional>
#include <string_view>

#include "detect/filter_cursor.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/detect/filter_pattern.hpp"
#include "trailbell/detect/filter_syntax.hpp"

namespace trailbell::detect {

[[nodiscard]] result<filter_syntax, pattern_error> parse_filter(std::string_view text);

// Each from its first byte to the pattern's end. Nothing after a failure, which the cursor has.
[[nodiscard]] std::optional<term_pattern> parse_terms(filter_cursor& in);
[[nodiscard]] std::optional<json_pattern> parse_json_pattern(filter_cursor& in);
[[nodiscard]] std::optional<field_pattern> parse_fields(filter_cursor& in);

}  // namespace trailbell::detect
