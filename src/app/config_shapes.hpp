// What is wrong with a text for the key that it was given to. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/config_keys.hpp"

namespace trailbell::app {

struct shape_fault {
  std::string what;  // continues "'topic' "
  std::string remedy;
};

[[nodiscard]] std::optional<shape_fault> fault_of(std::string_view text, text_shape shape);

// Of a map's key, and of its value.
[[nodiscard]] std::optional<shape_fault> fault_of_name(std::string_view name, map_kind kind);
[[nodiscard]] std::optional<shape_fault> fault_of_value(std::string_view value, map_kind kind);

// True of a topic that a source's entry names, by itself or, behind ^, by an extended regular
// expression.
[[nodiscard]] bool is_topic_of(const std::string& topic, const std::string& entry);

// A header's name (RFC 9110 section 5.1).
[[nodiscard]] bool is_header_name(std::string_view name) noexcept;

}  // namespace trailbell::app
