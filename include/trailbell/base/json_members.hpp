// json_members: compact JSON, appended member by member to a text that ends within its object: its
// last byte says whether a comma comes first.
//
// Who nests objects, or leaves out what is empty, has emit's `members`.
#pragma once

#include <string>
#include <string_view>

#include "trailbell/base/text.hpp"

namespace trailbell {

// `"key":`, behind what is there; the value is to be appended.
void append_member(std::string_view key, std::string& out);
void append_text_member(std::string_view key, std::string_view value, std::string& out);

// A list of texts.
template <class Texts>
void append_list_member(std::string_view key, const Texts& values, std::string& out) {
  append_member(key, out);
  out.push_back('[');
  for (const std::string& value : values) {
    out += out.ends_with('[') ? "" : ",";
    append_json_text(value, out);
  }
  out.push_back(']');
}

}  // namespace trailbell
