// JSON texts that servers and programs answer with, on Boost.JSON. Source: RFC 8259.
#pragma once

#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"
#include "trailbell/model/json_tree.hpp"

namespace trailbell::aws {

// Errors: not_text; they show nothing of it, it may hold credentials.
[[nodiscard]] result<json_tree> parse_json(std::string_view text);

// The text or number of the member of an object; empty: there is none.
[[nodiscard]] std::string text_of(json_value object, std::string_view member);
[[nodiscard]] std::string text_of(const json_tree& tree, std::string_view member);

}  // namespace trailbell::aws
