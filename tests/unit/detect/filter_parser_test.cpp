// What the service rejects: where, why, and what to write instead.
#include <gmock/gmock.h>

#include "unit/detect/filter_cases.hpp"

namespace trailbell::detect {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Rejected at this column, with this in the message.
void expect_rejected(std::string_view pattern, std::size_t column, const char* words) {
  const std::string message = rejection(pattern);
  EXPECT_THAT(message, StartsWith("column " + std::to_string(column) + ": ")) << pattern;
  EXPECT_THAT(message, HasSubstr(words)) << pattern;
}

TEST(filter_parser, suggests_the_operator_that_was_meant) {
  expect_rejected("{ $.a == 1 }", 7, "write `=`");
  expect_rejected("{ $.a !== 1 }", 7, "write `!=`");
  expect_rejected("{ $.a <> 1 }", 7, "write `!=`");
  expect_rejected("{ $.a => 1 }", 7, "write `>=`");
  expect_rejected("{ $.a =~ x }", 7, "%regex%");
  expect_rejected("{ $.a * 1 }", 7, "an operator is missing");
  expect_rejected("{ $.a = 1 AND $.b = 2 }", 11, "write `&&`");
  expect_rejected("{ $.a = 1 or $.b = 2 }", 11, "write `||`");
  expect_rejected("{ $.a = 1 & $.b = 2 }", 11, "write `&&`");
  expect_rejected("{ $.a = 1 | $.b = 2 }", 11, "write `||`");
  expect_rejected("{ !($.a = 1) }", 3, "cannot be negated");
  expect_rejected("{ ($.a = 1) && !($.b = 1) }", 16, "cannot be negated");
}

TEST(filter_parser, suggests_the_value_that_was_meant) {
  expect_rejected("{ $.a = 'x' }", 9, "write `\"x\"`");
  expect_rejected("{ $.a = null }", 9, "IS NULL");
  expect_rejected("{ $.a = a:b }", 10, "in quotes");
  expect_rejected("{ $.a = /x/ }", 9, "in quotes");
  expect_rejected("{ $.a = \"x }", 9, "not closed");
  expect_rejected("{ $.a = }", 9, "no value");
  expect_rejected("{ $.a = \"x\"y }", 12, "something follows");
  expect_rejected("{ $.a > \"1\" }", 9, "leave out the quotes");
  expect_rejected("{ $.a <= b }", 10, "bare number");
  expect_rejected("{ $.a < %x% }", 9, "bare number");
  expect_rejected("[a>\"1\", b]", 4, "bare number");
}

TEST(filter_parser, suggests_the_selector_that_was_meant) {
  expect_rejected("{ $eventName = x }", 3, "write `$.eventName`");
  expect_rejected("{ eventName = x }", 3, "write `$.eventName`");
  expect_rejected("{ $['a.b'] = x }", 4, "write `$.['a.b']`");
  expect_rejected("{ $.[\"a\"] = x }", 5, ".['name']");
  expect_rejected("{ $.a['b'] = x }", 7, ".['name']");
  expect_rejected("{ $.['a = x }", 14, "ends with");
  expect_rejected("{ $ = x }", 3, "begins with `$.`");
  expect_rejected("{ $[1] = x }", 4, "follows `$` at once");
  expect_rejected("{ $.a[-1] = x }", 7, "index");
  expect_rejected("{ $.a[0:1] = x }", 8, "index");
  expect_rejected("{ $..a = x }", 5, "a name is missing");
  expect_rejected("{ $.a. = x }", 7, "a name is missing");
}

TEST(filter_parser, knows_three_states_and_one_absence) {
  expect_rejected("{ $.a EXISTS }", 7, "= *");
  expect_rejected("{ $.a IS NOT NULL }", 7, "= *");
  expect_rejected("{ $.a IS EMPTY }", 7, "NULL, TRUE or FALSE");
  expect_rejected("{ $.a NOT NULL }", 7, "NOT EXISTS");
  expect_rejected("{ $.a contains x }", 7, "NOT EXISTS");
}

TEST(filter_parser, wants_every_bracket_closed_and_nothing_behind) {
  expect_rejected("{ $.a = 1", 10, "`}` is missing");
  expect_rejected("{ ($.a = 1 }", 3, "not closed");
  expect_rejected("{ $.a = 1) }", 10, "not opened");
  expect_rejected("{ $.a = 1 } x", 13, "behind the closing `}`");
  expect_rejected("{}", 2, "a condition is missing");
  expect_rejected("{ ", 3, "`$.`");
  expect_rejected("{ $.a = 1 && }", 14, "`$.`");
  expect_rejected("{ || $.a = 1 }", 3, "`$.`");
  expect_rejected("{ $.a = 1 && () }", 15, "`$.`");
  expect_rejected("[a, b", 6, "`]` is missing");
  expect_rejected("[a, b] c", 8, "behind the closing `]`");
}

TEST(filter_parser, a_blank_before_a_bracket_makes_terms_of_it) {
  expect_rejected(" { $.a = 1 }", 2, "leave out the blanks");
  expect_rejected(" [a]", 2, "leave out the blanks");
  EXPECT_EQ(rejection("{ $.a = 1 } \n"), "");
}

TEST(filter_parser, holds_terms_to_letters_digits_underscores_and_points) {
  expect_rejected("ERR*", 4, "in quotes");
  expect_rejected("ERROR!", 6, "in quotes");
  expect_rejected("a b:c", 4, "in quotes");
  expect_rejected("\"\"", 1, "an empty term");
  expect_rejected("a -", 4, "a term is missing");
  expect_rejected("a - b", 4, "not allowed");
  expect_rejected("\"a", 1, "not closed");
}

TEST(filter_parser, holds_fields_to_one_name_and_one_ellipsis) {
  expect_rejected("[a, a]", 5, "a second field `a`");
  expect_rejected("[a, ..., b, ...]", 13, "a second `...`");
  expect_rejected("[a, b=x || c=y]", 12, "another field");
  expect_rejected("[a || a=1]", 2, "without a comparison");
  expect_rejected("[a = ]", 6, "no value");
  expect_rejected("[$a]", 2, "name is missing");
  expect_rejected("[a b]", 4, "does not join");
  EXPECT_EQ(rejection("[a,]"), "");
  EXPECT_EQ(rejection("[,,]"), "");
}

TEST(filter_parser, holds_patterns_to_the_services_quotas) {
  EXPECT_EQ(rejection(std::string(1024, 'x')), "");
  expect_rejected(std::string(1025, 'x'), 1026, "1025 characters");
  std::string accents;
  for (int i = 0; i < 1024; ++i) {
    accents += "\xc3\xa9";
  }
  EXPECT_EQ(rejection(accents), "");
  EXPECT_EQ(rejection("{ $.a = %x% || $.b = %y% }"), "");
  expect_rejected("{ $.a = %x% || $.b = %y% || $.c = %z% }", 35, "more than two");
  expect_rejected("[a=%x%, b=%y%, c=%z%]", 18, "more than two");
  expect_rejected("%a% %b%", 5, "the whole pattern");
  expect_rejected("{ $.*[*] = 1 }", 3, "more than one wildcard");
  EXPECT_EQ(rejection("{ $.a[*] = 1 || $.b[*] = 1 || $.c.* = 1 }"), "");
  expect_rejected("{ $.a[*] = 1 || $.b[*] = 1 || $.c.* = 1 || $.* = 1 }", 44, "more than three");
}

TEST(filter_parser, depth_is_bounded_by_the_length) {
  const std::string deep = "{" + std::string(500, '(') + "$.a=1" + std::string(500, ')') + "}";
  EXPECT_TRUE(matches(deep, R"({"a":1})"));
}

TEST(filter_parser, offsets_point_into_the_pattern) {
  const filter_pattern pattern = parsed("{ $.a = 1 && ($.b[*] = %x% || $.c IS NULL) }");
  const auto& root = std::get<json_pattern>(pattern.syntax().pattern).condition;
  ASSERT_EQ(root.kind, node_kind::all_of);
  EXPECT_EQ(root.at.value, 2U);
  ASSERT_EQ(root.parts.size(), 2U);
  const auto& either = root.parts[1];
  ASSERT_EQ(either.kind, node_kind::any_of);
  const json_condition& leaf = either.parts[0].leaf;
  EXPECT_EQ(leaf.where.at.value, 14U);
  EXPECT_EQ(leaf.where.steps[1].kind, step_kind::wildcard);
  EXPECT_EQ(leaf.where.steps[1].at.value, 17U);
  EXPECT_EQ(std::get<comparison>(leaf.test).value_at.value, 23U);
  EXPECT_EQ(std::get<state_test>(either.parts[1].leaf.test), state_test::is_null);
}

}  // namespace
}  // namespace trailbell::detect
