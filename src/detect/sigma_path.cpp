#include "detect/sigma_path.hpp"

namespace trailbell::detect {
namespace {

void append_quoted(std::string_view text, std::string& out) {
  out.push_back('"');
  out += text;
  out.push_back('"');
}

}  // namespace

void append_unescaped(json_value value, std::string& out) {
  if (value.is(json_kind::text)) {
    append_quoted(value.text(), out);
    return;
  }
  const bool object = value.is(json_kind::object);
  if (!object && !value.is(json_kind::array)) {
    append_json(value, out);
    return;
  }
  out.push_back(object ? '{' : '[');
  bool first = true;
  for (const json_value child : value) {
    if (!first) {
      out.push_back(',');
    }
    first = false;
    if (object) {
      append_quoted(child.key(), out);
      out.push_back(':');
    }
    append_unescaped(child, out);
  }
  out.push_back(object ? '}' : ']');
}

}  // namespace trailbell::detect
