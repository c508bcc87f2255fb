#include "trailbell/base/markup.hpp"

#include "trailbell/base/text.hpp"

namespace trailbell {
namespace {

// What stands for an ASCII character; empty: itself.
std::string_view entity_of(char c) noexcept {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\n':
    case '\t':
      return "";
    default:
      return static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? " " : "";
  }
}

}  // namespace

void append_markup_text(std::string_view text, std::string& out) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";
  for (std::size_t at = 0; at < text.size();) {
    const auto [value, size] = decode_utf8(text, at);
    if (size == 0) {
      out += replacement;
      ++at;
      continue;
    }
    const std::string_view own = text.substr(at, size);
    const std::string_view entity = size == 1 ? entity_of(own[0]) : "";
    out += value == 0xfffe || value == 0xffff ? replacement : entity.empty() ? own : entity;
    at += size;
  }
}

}  // namespace trailbell
