#include "trailbell/base/json_members.hpp"

namespace trailbell {

void append_member(std::string_view key, std::string& out) {
  out += out.ends_with('{') ? "" : ",";
  append_json_text(key, out);
  out.push_back(':');
}

void append_text_member(std::string_view key, std::string_view value, std::string& out) {
  append_member(key, out);
  append_json_text(value, out);
}

}  // namespace trailbell
