// XML texts that AWS answers with, on Boost.PropertyTree. Source: XML 1.0.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trailbell/base/result.hpp"

namespace trailbell::aws {

struct xml_element {
  std::string name;
  std::string text;  // of an element without any other
  std::vector<xml_element> children{};

  // The first element at "Child/Grandchild"; nullptr: there is none.
  [[nodiscard]] const xml_element* find(std::string_view path) const;
  // Its text; empty: there is none.
  [[nodiscard]] std::string text_at(std::string_view path) const;
};

// The root. Errors: not_text; they show nothing of it, it may hold credentials.
[[nodiscard]] result<xml_element> parse_xml(std::string_view text);

}  // namespace trailbell::aws
