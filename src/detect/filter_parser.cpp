// The kind is told by the first byte alone: a blank before a `{` makes terms of it, and `{` is no
// term. Blanks behind the closing bracket are passed over.
#include "detect/filter_parser.hpp"

#include <string>

#include "trailbell/base/limits.hpp"

namespace trailbell::detect {
namespace {

std::optional<regex_pattern> parse_regex_alone(filter_cursor& in) {
  std::optional<regex_literal> regex = in.regex();
  if (!regex) {
    return std::nullopt;
  }
  in.skip_blanks();
  if (!in.at_end()) {
    return in.fail_here("a regular expression is the whole pattern, or a value in one");
  }
  return regex_pattern{std::move(*regex)};
}

std::optional<std::string> bare_term(filter_cursor& in) {
  const std::string_view word =
      in.take_while([](char c) { return is_word_byte(c) || c == '_' || c == '.'; });
  const char next = in.peek();
  if (word.empty() && in.at_end()) {
    return in.fail_here("a term is missing");
  }
  if (in.at_end() ||
      (!word.empty() && (next == '-' || next == '?' || next == '"' || is_blank(next)))) {
    return std::string{word};
  }
  const bool other_kind = word.empty() && (next == '{' || next == '[' || next == '%');
  return in.fail_here("this character is not allowed in a term",
                      other_kind ? "leave out the blanks before it, or put it in quotes"
                                 : "put the term in quotes");
}

std::optional<term> parse_term(filter_cursor& in) {
  const std::size_t begin = in.at();
  const term_role role = in.take("-")   ? term_role::excluded
                         : in.take("?") ? term_role::optional
                                        : term_role::required;
  const bool in_quotes = in.peek() == '"';
  std::optional<std::string> text = in_quotes ? in.quoted_text() : bare_term(in);
  if (!text) {
    return std::nullopt;
  }
  if (text->empty()) {
    return in.fail(begin, "an empty term");
  }
  return term{role, std::move(*text), {begin}};
}

template <class Pattern>
result<filter_syntax, pattern_error> finished(const filter_cursor& in,
                                              std::optional<Pattern> pattern) {
  if (!pattern) {
    return *in.failure();
  }
  return filter_syntax{std::move(*pattern)};
}

}  // namespace

// A minus or a question mark begins a term wherever it stands: `a-b` is `a` without `b`.
std::optional<term_pattern> parse_terms(filter_cursor& in) {
  term_pattern pattern;
  for (in.skip_blanks(); !in.at_end(); in.skip_blanks()) {
    std::optional<term> next = parse_term(in);
    if (!next) {
      return std::nullopt;
    }
    pattern.terms.push_back(std::move(*next));
  }
  return pattern;
}

result<filter_syntax, pattern_error> parse_filter(std::string_view text) {
  if (const std::size_t size = characters_in(text); size > limits::filter_characters_max) {
    return pattern_error{text.size(),
                         "the pattern has " + std::to_string(size) + " characters, and may have " +
                             std::to_string(limits::filter_characters_max),
                         "split it into several filters"};
  }
  filter_cursor in{text};
  if (in.peek() == '{') {
    return finished(in, parse_json_pattern(in));
  }
  if (in.peek() == '[') {
    return finished(in, parse_fields(in));
  }
  if (in.peek() == '%') {
    return finished(in, parse_regex_alone(in));
  }
  in.skip_blanks();
  if (in.at_end()) {
    return filter_syntax{match_all_pattern{}};
  }
  return finished(in, parse_terms(in));
}

}  // namespace trailbell::detect
