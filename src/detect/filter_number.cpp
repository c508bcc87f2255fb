// What was observed: 9007199254740993 is not 9007199254740992, 1e-999 equals 0, 1e309 compares with
// nothing, and the quoted "1" matches 1 but neither 1.0 nor 1e0. That is how a Java service behaves
// that keeps integers as big integers, and everything else as a double.
#include "detect/filter_number.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <compare>
#include <limits>

#include "detect/filter_text.hpp"

namespace trailbell::detect {
namespace {

struct parts {
  bool negative = false;
  bool integer = true;        // neither point nor exponent
  std::string_view whole;     // digits before the point, without leading zeros
  std::string_view fraction;  // digits behind it
  long exponent = 0;
};

std::string_view take_digits(std::string_view& text) noexcept {
  const auto end = std::find_if_not(text.begin(), text.end(), is_digit);
  const std::string_view digits = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(digits.size());
  return digits;
}

bool take_sign(std::string_view& text) noexcept {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) {
    text.remove_prefix(1);
  }
  return negative;
}

// An exponent of more digits than any double needs is cut off at a million.
long exponent_of(std::string_view digits) noexcept {
  long value = 0;
  for (const char c : digits) {
    value = std::min(1'000'000L, value * 10 + (c - '0'));
  }
  return value;
}

std::optional<parts> split(std::string_view text) noexcept {
  parts p;
  p.negative = take_sign(text);
  p.whole = take_digits(text);
  std::size_t digits = p.whole.size();
  p.whole.remove_prefix(std::min(p.whole.find_first_not_of('0'), p.whole.size()));
  if (text.starts_with('.')) {
    p.integer = false;
    text.remove_prefix(1);
    p.fraction = take_digits(text);
    digits += p.fraction.size();
  }
  if (digits > 0 && (text.starts_with('e') || text.starts_with('E'))) {
    p.integer = false;
    text.remove_prefix(1);
    const bool negative = take_sign(text);
    const std::string_view exponent = take_digits(text);
    if (exponent.empty()) {
      return std::nullopt;
    }
    p.exponent = negative ? -exponent_of(exponent) : exponent_of(exponent);
  }
  if (digits == 0 || !text.empty()) {
    return std::nullopt;
  }
  return p;
}

double value_of(const parts& p, std::string_view text) noexcept {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc::result_out_of_range) {
    return value;
  }
  // Out of range says not which way: the power of ten of the first digit does.
  const std::size_t zeros = std::min(p.fraction.find_first_not_of('0'), p.fraction.size());
  const long first =
      p.whole.empty() ? -static_cast<long>(zeros) : static_cast<long>(p.whole.size());
  value = first + p.exponent > 0 ? std::numeric_limits<double>::infinity() : 0.0;
  return p.negative ? -value : value;
}

std::strong_ordering compare_integers(const parts& a, const parts& b) noexcept {
  const bool a_negative = a.negative && !a.whole.empty();
  const bool b_negative = b.negative && !b.whole.empty();
  if (a_negative != b_negative) {
    return a_negative ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  const parts& low = a_negative ? b : a;
  const parts& high = a_negative ? a : b;
  const auto longer = low.whole.size() <=> high.whole.size();
  return std::is_neq(longer) ? longer : low.whole <=> high.whole;
}

// Double.toString: the shortest digits that give the double again, with a point always, and with an
// exponent outside 0.001 to 10,000,000.
std::size_t write_as_java(double value, std::array<char, 40>& out) noexcept {
  std::array<char, 40> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), std::abs(value),
                                 std::chars_format::scientific)
                       .ptr;
  std::string_view rest{buffer.data(), static_cast<std::size_t>(end - buffer.data())};
  const char leading = rest.front();
  rest.remove_prefix(rest[1] == '.' ? 2 : 1);
  std::string_view behind = take_digits(rest);  // the digits behind the leading one
  rest.remove_prefix(1);                        // e
  const bool small = take_sign(rest);
  const long exponent = small ? -exponent_of(rest) : exponent_of(rest);

  std::size_t size = 0;
  const auto put = [&](char c) { out[size++] = c; };
  const auto put_all = [&](std::string_view text) {
    for (const char c : text.empty() ? std::string_view{"0"} : text) {
      put(c);
    }
  };
  if (std::signbit(value)) {
    put('-');
  }
  if (exponent < 0 && exponent >= -3) {
    put('0');
    put('.');
    for (long zeros = -exponent - 1; zeros > 0; --zeros) {
      put('0');
    }
    put(leading);
    for (const char c : behind) {
      put(c);
    }
    return size;
  }
  put(leading);
  const bool plain = exponent >= 0 && exponent < 7;
  for (long i = 0; plain && i < exponent; ++i) {
    put(behind.empty() ? '0' : behind.front());
    behind.remove_prefix(behind.empty() ? 0 : 1);
  }
  put('.');
  put_all(behind);
  if (!plain) {
    put('E');
    size = static_cast<std::size_t>(
        std::to_chars(out.data() + size, out.data() + out.size(), exponent).ptr - out.data());
  }
  return size;
}

}  // namespace

std::optional<number_literal> read_number(std::string_view text) {
  const std::optional<parts> p = split(text);
  if (!p) {
    return std::nullopt;
  }
  return number_literal{std::string{text}, value_of(*p, text)};
}

bool is_json_number(std::string_view text) noexcept {
  text.remove_prefix(text.starts_with('-') ? 1 : 0);
  const auto digit_at = [text](std::size_t i) { return i < text.size() && is_digit(text[i]); };
  const std::size_t point = text.find('.');
  return digit_at(0) && (text.front() != '0' || !digit_at(1)) &&
         (point == std::string_view::npos || digit_at(point + 1));
}

std::partial_ordering compare_numbers(std::string_view number,
                                      const number_literal& with) noexcept {
  const std::optional<parts> a = split(number);
  const std::optional<parts> b = split(with.text);
  if (!a || !b) {
    return std::partial_ordering::unordered;
  }
  if (a->integer && b->integer) {
    return compare_integers(*a, *b);
  }
  const double value = value_of(*a, number);
  if (!a->integer && std::isinf(value)) {
    return std::partial_ordering::unordered;
  }
  return value <=> with.value;
}

number_text::number_text(std::string_view number) noexcept : view_{number} {
  const std::optional<parts> p = split(number);
  if (!p) {
    return;
  }
  if (p->integer) {
    view_ = p->whole.empty() ? std::string_view{"0"} : number;
    return;
  }
  const double value = value_of(*p, number);
  if (std::isinf(value)) {
    view_ = p->negative ? "-Infinity" : "Infinity";
    return;
  }
  view_ = {space_.data(), write_as_java(value, space_)};
}

bool order_holds(comparison_operator op, std::partial_ordering order) noexcept {
  switch (op) {
    case comparison_operator::equal:
      return std::is_eq(order);
    case comparison_operator::not_equal:
      return std::is_neq(order);
    case comparison_operator::less:
      return std::is_lt(order);
    case comparison_operator::less_or_equal:
      return std::is_lteq(order);
    case comparison_operator::greater:
      return std::is_gt(order);
    case comparison_operator::greater_or_equal:
      break;
  }
  return std::is_gteq(order);
}

}  // namespace trailbell::detect
