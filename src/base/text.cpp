#include "trailbell/base/text.hpp"

#include <algorithm>
#include <cstdint>

namespace trailbell {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view replacement = "\xef\xbf\xbd";

void append_hex(unsigned char byte, std::string& out) {
  out.push_back(hex_digits[byte >> 4U]);
  out.push_back(hex_digits[byte & 0xfU]);
}

// As \u{202e}.
void append_code_point(char32_t value, std::string& out) {
  out.append("\\u{");
  bool leading = true;
  for (unsigned shift = 24; shift > 0; shift -= 4) {
    const char32_t digit = value >> (shift - 4) & 0xfU;
    leading = leading && digit == 0 && shift > 4;
    if (!leading) {
      out.push_back(hex_digits[digit]);
    }
  }
  out.push_back('}');
}

bool reorders_or_hides(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x061c || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff ||
         (c >= 0xfff9 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe007f);
}

// How many bytes from `at` on need no look: printable ASCII but the quote and the backslash.
std::size_t plain_run(std::string_view text, std::size_t at) noexcept {
  std::size_t end = at;
  while (end < text.size() && text[end] >= 0x20 && text[end] < 0x7f && text[end] != '"' &&
         text[end] != '\\') {
    ++end;
  }
  return end - at;
}

}  // namespace

std::string fold_ascii(std::string_view text) {
  std::string out{text};
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return fold_ascii(c); });
  return out;
}

bool equal_folded(std::string_view text, std::string_view folded) noexcept {
  return text.size() == folded.size() &&
         std::equal(text.begin(), text.end(), folded.begin(),
                    [](char a, char b) { return fold_ascii(a) == b; });
}

std::string in_quotes(std::string_view text) {
  return "'" + std::string{text} + "'";
}

code_point decode_utf8(std::string_view text, std::size_t at) noexcept {
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
  };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1};
  }
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  std::uint32_t value = lead & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) {
      return {0, 0};
    }
    value = value << 6U | (byte(i) & 0x3fU);
  }
  constexpr std::uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  const bool sound = lead >= 0xc2 && lead <= 0xf4 && value >= smallest[size] && value <= 0x10ffff;
  return {value, sound && !surrogate ? size : 0};
}

bool is_utf8(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t size = decode_utf8(text, at).size;
    if (size == 0) {
      return false;
    }
    at += size;
  }
  return true;
}

void append_json_text(std::string_view text, std::string& out) {
  out.push_back('"');
  for (std::size_t at = 0; at < text.size();) {
    if (const std::size_t plain = plain_run(text, at); plain > 0) {
      out.append(text, at, plain);
      at += plain;
      continue;
    }
    const code_point next = decode_utf8(text, at);
    if (next.size == 0) {
      out.append(replacement);
      ++at;
      continue;
    }
    if (next.value == '"' || next.value == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(next.value));
    } else if (next.value < 0x20 || next.value == 0x7f) {
      out.append("\\u00");
      append_hex(static_cast<unsigned char>(next.value), out);
    } else {
      out.append(text.substr(at, next.size));
    }
    at += next.size;
  }
  out.push_back('"');
}

void append_printable(std::string_view text, std::string& out) {
  for (std::size_t at = 0; at < text.size();) {
    const code_point next = decode_utf8(text, at);
    if (next.size == 0) {
      out.append("\\x");
      append_hex(static_cast<unsigned char>(text[at]), out);
      ++at;
      continue;
    }
    if (reorders_or_hides(next.value)) {
      append_code_point(next.value, out);
    } else {
      out.append(text.substr(at, next.size));
    }
    at += next.size;
  }
}

std::string in_base64(std::string_view bytes) {
  constexpr std::string_view digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8U | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out.push_back(i <= count ? digits[group >> (18U - 6U * i) & 0x3fU] : '=');
    }
  }
  return out;
}

bool is_identifier(std::string_view name) noexcept {
  return !name.empty() && !is_digit(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '_'; });
}

std::string_view trimmed(std::string_view text, std::string_view blanks) noexcept {
  const std::size_t begin = text.find_first_not_of(blanks);
  return begin == std::string_view::npos
             ? std::string_view{}
             : text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

}  // namespace trailbell
