#include "detect/filter_cursor.hpp"

#include <algorithm>
#include <array>

#include "detect/filter_number.hpp"
#include "detect/filter_regex.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::detect {
namespace {

bool is_operator_byte(char c) noexcept {
  return c == '=' || c == '!' || c == '<' || c == '>' || c == '~';
}

// `a**b` is `a*b`.
text_literal split_at_wildcards(std::string_view text) {
  text_literal split;
  split.pieces.emplace_back();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '*') {
      split.pieces.back().push_back(text[i]);
    } else if (i == 0 || text[i - 1] != '*') {
      split.pieces.emplace_back();
    }
  }
  return split;
}

std::string in_ticks(std::string_view text) {
  return "`" + std::string{text} + "`";
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view upper) noexcept {
  return std::equal(a.begin(), a.end(), upper.begin(), upper.end(), [](char have, char want) {
    return (have >= 'a' && have <= 'z' ? static_cast<char>(have - 'a' + 'A') : have) == want;
  });
}

bool filter_cursor::skip_blanks() noexcept {
  return !take_while(is_blank).empty();
}

bool filter_cursor::take(std::string_view what) noexcept {
  if (!rest().starts_with(what)) {
    return false;
  }
  at_ += what.size();
  return true;
}

std::nullopt_t filter_cursor::fail(std::size_t offset, std::string reason, std::string suggestion) {
  if (!failure_) {
    failure_ = pattern_error{offset, std::move(reason), std::move(suggestion)};
  }
  return std::nullopt;
}

std::nullopt_t filter_cursor::fail_connective() {
  for (const std::string_view sign : {"&", "|"}) {
    if (rest().starts_with(sign)) {
      return fail_here("a single " + in_ticks(sign),
                       "write `" + std::string{sign} + std::string{sign} + "`");
    }
  }
  const std::size_t begin = at_;
  const std::string_view word = take_while(is_word_byte);
  if (equal_ignoring_case(word, "AND")) {
    return fail(begin, in_ticks(word) + " does not join conditions", "write `&&`");
  }
  if (equal_ignoring_case(word, "OR")) {
    return fail(begin, in_ticks(word) + " does not join conditions", "write `||`");
  }
  return fail(begin, "a condition ends here, and this does not join it with another",
              "join conditions with `&&` or `||`, and quote a value that holds blanks or signs");
}

std::optional<std::string> filter_cursor::quoted_text() {
  const std::size_t begin = at_++;
  std::string text;
  for (; !at_end(); ++at_) {
    if (peek() == '"') {
      ++at_;
      return text;
    }
    if (peek() == '\\' && (peek(1) == '"' || peek(1) == '\\')) {
      ++at_;
    }
    text.push_back(peek());
  }
  return fail(begin, "this quote is not closed");
}

std::optional<regex_literal> filter_cursor::regex() {
  const std::size_t begin = at_++;
  const std::string_view source = take_while([](char c) { return c != '%'; });
  if (at_end()) {
    return fail(begin, "this regular expression is not closed", "end it with `%`");
  }
  ++at_;
  if (std::optional<pattern_error> wrong = check_regex(source)) {
    return fail(begin + 1 + wrong->offset, wrong->reason, wrong->suggestion);
  }
  if (++regexes_ > limits::filter_regexes_max) {
    return fail(begin, "more than two regular expressions in one pattern");
  }
  return regex_literal{std::string{source}, {begin}};
}

std::optional<comparison_operator> filter_cursor::operator_here() {
  constexpr std::array<std::pair<std::string_view, comparison_operator>, 6> operators{{
      {"=", comparison_operator::equal},
      {"!=", comparison_operator::not_equal},
      {"<", comparison_operator::less},
      {"<=", comparison_operator::less_or_equal},
      {">", comparison_operator::greater},
      {">=", comparison_operator::greater_or_equal},
  }};
  constexpr std::array<std::pair<std::string_view, const char*>, 8> meant{{
      {"==", "write `=`"},
      {"===", "write `=`"},
      {"!==", "write `!=`"},
      {"<>", "write `!=`"},
      {"=<", "write `<=`"},
      {"=>", "write `>=`"},
      {"=~", "write `= %regex%`"},
      {"!", "write `!=`, or `NOT EXISTS`"},
  }};
  const std::size_t begin = at_;
  const std::string_view sign = take_while(is_operator_byte);
  for (const auto& [text, op] : operators) {
    if (sign == text) {
      return op;
    }
  }
  if (sign.empty()) {
    return fail(begin, "an operator is missing", "one of = != < <= > >=");
  }
  for (const auto& [text, suggestion] : meant) {
    if (sign == text) {
      return fail(begin, in_ticks(sign) + " is no operator", suggestion);
    }
  }
  return fail(begin, in_ticks(sign) + " is no operator", "one of = != < <= > >=");
}

std::optional<literal> filter_cursor::bare_literal(std::size_t begin) {
  const std::string_view bare = take_while(is_value_byte);
  if (bare.empty()) {
    if (peek() != '\'') {
      return fail(begin, at_end() ? "a value is missing" : "no value begins here",
                  at_end() ? "" : "put text that holds other signs than _ . * + - in quotes");
    }
    const std::size_t close = rest().find('\'', 1);
    const std::string_view inside =
        rest().substr(1, close == std::string_view::npos ? 0 : close - 1);
    return fail(begin, "text is not put in single quotes",
                "write `\"" + std::string{inside} + "\"`");
  }
  if (equal_ignoring_case(bare, "NULL")) {
    return fail(begin, "null is no value to compare with", "write `IS NULL` or `NOT EXISTS`");
  }
  if (std::optional<number_literal> number = read_number(bare)) {
    return *number;
  }
  return split_at_wildcards(bare);
}

std::optional<comparison> filter_cursor::comparison_here() {
  const auto op = operator_here();
  if (!op) {
    return std::nullopt;
  }
  skip_blanks();
  const std::size_t begin = at_;
  std::optional<literal> value;
  if (peek() == '%') {
    if (std::optional<regex_literal> source = regex()) {
      value = std::move(*source);
    }
  } else if (peek() == '"') {
    if (const std::optional<std::string> text = quoted_text()) {
      value = split_at_wildcards(*text);
    }
  } else {
    value = bare_literal(begin);
  }
  if (!value) {
    return std::nullopt;
  }
  const bool ordering = *op != comparison_operator::equal && *op != comparison_operator::not_equal;
  if (ordering && !std::holds_alternative<number_literal>(*value)) {
    return fail(begin, in_ticks(to_text(*op)) + " compares with a bare number only",
                text_[begin] == '"' ? "leave out the quotes" : "");
  }
  if (is_value_byte(peek()) || peek() == '"' || peek() == '%' || peek() == ':' || peek() == '/' ||
      peek() == '@' || peek() == '\'') {
    return fail_here("a value ends here, and something follows it",
                     "put text that holds other signs than _ . * + - in quotes");
  }
  return comparison{*op, std::move(*value), {begin}};
}

}  // namespace trailbell::detect
