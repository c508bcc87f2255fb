// The fields of an alert by name, as text: for templates and structured data. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trailbell/model/alert.hpp"

namespace trailbell::emit {

// Appends the field as the record had it; nothing where it has none.
using field_reader = void (*)(const alert& what, std::string& out);

// nullptr for a name that is none.
[[nodiscard]] field_reader find_field(std::string_view name);
[[nodiscard]] std::vector<std::string_view> field_names();

// The event's time where it can be read, else the detection's: RFC 3339.
[[nodiscard]] std::string time_of(const alert& what);

}  // namespace trailbell::emit
