// Which bytes mean what in patterns and events.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "trailbell/base/text.hpp"

namespace trailbell::detect {

[[nodiscard]] constexpr bool is_ascii(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x80;
}

// White space, line breaks too.
[[nodiscard]] constexpr bool is_blank(char c) noexcept {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

// Letters, digits, and every byte beyond ASCII.
[[nodiscard]] constexpr bool is_word_byte(char c) noexcept {
  return is_letter_or_digit(c) || !is_ascii(c);
}

// What stands in a bare value.
[[nodiscard]] constexpr bool is_value_byte(char c) noexcept {
  return is_word_byte(c) || c == '_' || c == '.' || c == '*' || c == '+' || c == '-';
}

// What stands in a member's name that needs no quotes.
[[nodiscard]] constexpr bool is_name_byte(char c) noexcept {
  return is_letter_or_digit(c) || c == '_' || c == '-';
}

// What the service counts: characters, not bytes.
[[nodiscard]] inline std::size_t characters_in(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace trailbell::detect
