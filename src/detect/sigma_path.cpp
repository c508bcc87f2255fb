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
  append_json(value, out, append_quoted);
}

}  // namespace trailbell::detect
