#include "decode/base64.hpp"

#include <array>
#include <cstdint>

namespace trailbell::decode {
namespace {

constexpr std::uint8_t no_digit = 0xff;

constexpr std::array<std::uint8_t, 256> digit_values = [] {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

}  // namespace

bool append_base64(std::string_view text, std::string& out) {
  const std::size_t last = text.find_last_not_of('=');
  const std::size_t digits = last == std::string_view::npos ? 0 : last + 1;
  const std::size_t before = out.size();
  if (text.size() - digits > 2 || digits % 4 == 1) {
    return false;
  }
  out.reserve(before + digits / 4 * 3 + 2);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text.substr(0, digits)) {
    const std::uint8_t value = digit_values[static_cast<unsigned char>(c)];
    if (value == no_digit) {
      out.resize(before);
      return false;
    }
    bits = bits << 6U | value;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out.push_back(static_cast<char>(bits >> held & 0xffU));
    }
  }
  return true;
}

}  // namespace trailbell::decode
