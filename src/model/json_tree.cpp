#include "trailbell/model/json_tree.hpp"

#include "trailbell/base/text.hpp"

namespace trailbell {

std::string_view name_of(json_kind kind) noexcept {
  switch (kind) {
    case json_kind::null:
      return "null";
    case json_kind::boolean:
      return "boolean";
    case json_kind::number:
      return "number";
    case json_kind::text:
      return "string";
    case json_kind::array:
      return "array";
    case json_kind::object:
      break;
  }
  return "object";
}

std::optional<json_value> json_value::find(std::string_view key) const noexcept {
  if (!is(json_kind::object)) {
    return std::nullopt;
  }
  for (const json_value member : *this) {
    if (member.key() == key) {
      return member;
    }
  }
  return std::nullopt;
}

std::optional<json_value> json_value::at(std::size_t index) const noexcept {
  if (!is(json_kind::array) || index >= size()) {
    return std::nullopt;
  }
  iterator element = begin();
  while (index-- > 0) {
    ++element;
  }
  return *element;
}

void json_tree::clear() noexcept {
  nodes_.clear();
  pool_.clear();
}

void append_json(json_value value, std::string& out) {
  append_json(value, out, append_json_text);
}

void append_json(json_value value, std::string& out, text_appender append_text) {
  switch (value.kind()) {
    case json_kind::null:
      out += "null";
      return;
    case json_kind::boolean:
      out += value.truth() ? "true" : "false";
      return;
    case json_kind::number:
      out += value.text();
      return;
    case json_kind::text:
      append_text(value.text(), out);
      return;
    case json_kind::array:
    case json_kind::object:
      break;
  }
  const bool object = value.is(json_kind::object);
  out.push_back(object ? '{' : '[');
  bool first = true;
  for (const json_value child : value) {
    if (!first) {
      out.push_back(',');
    }
    first = false;
    if (object) {
      append_text(child.key(), out);
      out.push_back(':');
    }
    append_json(child, out, append_text);
  }
  out.push_back(object ? '}' : ']');
}

}  // namespace trailbell
