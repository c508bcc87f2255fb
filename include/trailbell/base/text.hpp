// Text: what its bytes are, in any case of ASCII letters, decoded, quoted, made safe to write.
// Pure.
#pragma once

#include <string>
#include <string_view>

namespace trailbell {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// Of ASCII.
[[nodiscard]] constexpr bool is_letter_or_digit(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// White space of JSON and YAML.
[[nodiscard]] constexpr bool is_white(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// ASCII letters in lower case; other bytes as they are.
[[nodiscard]] constexpr char fold_ascii(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
[[nodiscard]] std::string fold_ascii(std::string_view text);
// `folded` is in lower case.
[[nodiscard]] bool equal_folded(std::string_view text, std::string_view folded) noexcept;

// `'text'`: for messages.
[[nodiscard]] std::string in_quotes(std::string_view text);

// `a, b, c`
template <class Texts>
[[nodiscard]] std::string comma_separated(const Texts& texts) {
  std::string all;
  for (const std::string_view text : texts) {
    all.append(all.empty() ? "" : ", ").append(text);
  }
  return all;
}

// Appends `text` as a JSON string with its quotes (RFC 8259 section 7). Bytes that are no UTF-8
// become U+FFFD.
void append_json_text(std::string_view text, std::string& out);

// Appends `text` with everything escaped that could move, hide or reorder what a terminal shows:
// control and ANSI characters, bidi controls, invisible ones (Unicode TR 36 section 2.10). Bytes
// that are no UTF-8 become \xNN.
void append_printable(std::string_view text, std::string& out);

// The length of the UTF-8 sequence (RFC 3629) at text[at], and its code point; 0 where it is none.
struct code_point {
  char32_t value;
  std::size_t size;
};
[[nodiscard]] code_point decode_utf8(std::string_view text, std::size_t at) noexcept;

// All of it.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

// RFC 4648 section 4, with its padding.
[[nodiscard]] std::string in_base64(std::string_view bytes);

// Letters, digits and underscores of ASCII, and no digit first.
[[nodiscard]] bool is_identifier(std::string_view name) noexcept;

// Without `blanks` in front and behind.
[[nodiscard]] std::string_view trimmed(std::string_view text, std::string_view blanks) noexcept;

}  // namespace trailbell
