// Terms, space-delimited fields and regular expressions: what they hold for.
#include "unit/detect/filter_cases.hpp"

#include <string>

namespace trailbell::detect {
namespace {

TEST(term_pattern, nothing_but_blanks_matches_every_event) {
  for (const char* pattern : {"", " ", "\t\n "}) {
    EXPECT_TRUE(matches(pattern, "anything")) << pattern;
    EXPECT_TRUE(matches(pattern, "")) << pattern;
  }
}

TEST(term_pattern, every_term_occurs_somewhere_in_any_order) {
  EXPECT_TRUE(matches("ERROR", "xERRORS"));
  EXPECT_FALSE(matches("ERROR", "error"));
  EXPECT_TRUE(matches("two one", "one and two"));
  EXPECT_FALSE(matches("two one", "two"));
  EXPECT_TRUE(matches("a.b_c", "xa.b_cx"));
  EXPECT_TRUE(matches("caf\xc3\xa9", "un caf\xc3\xa9"));
}

TEST(term_pattern, quotes_hold_a_phrase) {
  EXPECT_TRUE(matches(R"("one two")", "say one two"));
  EXPECT_FALSE(matches(R"("one two")", "two one"));
  EXPECT_TRUE(matches(R"("[ERROR] \"x\" \\")", R"([ERROR] "x" \)"));
  EXPECT_TRUE(matches(R"(" ")", "a b"));
  EXPECT_FALSE(matches(R"(" ")", "ab"));
  EXPECT_FALSE(matches(R"("ERR*")", "ERROR"));
}

TEST(term_pattern, a_minus_excludes_wherever_it_stands) {
  EXPECT_TRUE(matches("a -b", "a c"));
  EXPECT_FALSE(matches("a -b", "a b"));
  EXPECT_FALSE(matches("a-b", "a-b"));
  EXPECT_TRUE(matches("a-b", "a"));
  EXPECT_TRUE(matches(R"(-"x y")", "x  y"));
}

TEST(term_pattern, optional_terms_count_only_among_themselves) {
  EXPECT_TRUE(matches("?a ?b", "b"));
  EXPECT_FALSE(matches("?a ?b", "c"));
  EXPECT_TRUE(matches("?a b", "b"));
  EXPECT_FALSE(matches("?a b", "a"));
  EXPECT_TRUE(matches("?a -b", "c"));
  EXPECT_TRUE(matches("a?b", "a"));
}

TEST(field_pattern, fields_are_told_apart_by_blanks_and_all_have_to_be_there) {
  EXPECT_TRUE(matches("[a, b, c]", "1 2 3"));
  EXPECT_TRUE(matches("[a, b, c]", " 1\t2\r\n3 "));
  EXPECT_FALSE(matches("[a, b, c]", "1 2"));
  EXPECT_FALSE(matches("[a, b]", "x  "));
  EXPECT_FALSE(matches("[a]", ""));
  EXPECT_TRUE(matches("[]", ""));
  EXPECT_TRUE(matches("[ ]", "a"));
}

TEST(field_pattern, quotes_and_brackets_enclose_one_field) {
  EXPECT_TRUE(matches("[a, b=\"x y\", c]", "1 \"x y\" 3"));
  EXPECT_TRUE(matches("[a, b=\"x y\", c]", "1 [x y] 3"));
  EXPECT_FALSE(matches("[a, b, c]", "1 \"x y\""));
  EXPECT_TRUE(matches("[a, b, c]", "1 \"x y"));
  EXPECT_TRUE(matches("[a, b=\"\"]", "1 \"\""));
}

TEST(field_pattern, the_last_field_takes_the_rest) {
  EXPECT_TRUE(matches("[a, b=\"2 3\"]", "1 2 3 "));
  EXPECT_FALSE(matches("[a, b=2]", "1 2 3"));
  EXPECT_TRUE(matches("[a, b=x]", "1 \"x\""));
}

TEST(field_pattern, an_ellipsis_stands_for_any_number_of_fields) {
  EXPECT_TRUE(matches("[..., z=9]", "1 2 9"));
  EXPECT_TRUE(matches("[..., z=9]", "9"));
  EXPECT_TRUE(matches("[a=1, ..., z=9]", "1 9"));
  EXPECT_FALSE(matches("[a=1, ..., z=1]", "1"));
  EXPECT_TRUE(matches("[a=1, ...]", "1 2 3"));
  EXPECT_TRUE(matches("[..., y=2, ]", "0 1 2 3"));
  EXPECT_TRUE(matches("[...]", ""));
}

TEST(field_pattern, conditions_compare_numbers_where_both_are) {
  EXPECT_TRUE(matches("[a=1, b]", "1.0 x"));
  EXPECT_FALSE(matches("[a=\"1\", b]", "1.0 x"));
  EXPECT_TRUE(matches("[a>=400, b]", "404 x"));
  EXPECT_FALSE(matches("[a>=400, b]", "abc x"));
  EXPECT_TRUE(matches("[a!=1, b]", "abc x"));
  EXPECT_TRUE(matches("[a = 4* && a != 403, b]", "404 x"));
  EXPECT_FALSE(matches("[a = 4* && a != 403, b]", "403 x"));
  EXPECT_TRUE(matches("[a = x || (a = y), b]", "y x"));
  EXPECT_TRUE(matches("[a, u=%/[0-9]{1,2}$%, c]", "GET /part/42 x"));
}

TEST(field_pattern, unclosed_quotes_cost_no_square) {
  std::string event;
  for (int i = 0; i < 200'000; ++i) {
    event += "[x \"y ";
  }
  EXPECT_FALSE(matches("[..., z=1]", event));
}

TEST(regex_pattern, is_searched_for_anywhere) {
  EXPECT_TRUE(matches("%gra|ey%", "grey"));
  EXPECT_TRUE(matches("%^[hc]at$%", "hat"));
  EXPECT_FALSE(matches("%^[hc]at$%", "a hat"));
  EXPECT_TRUE(matches("%a.c%", "abc"));
  EXPECT_FALSE(matches("%a.c%", "a\nc"));
  EXPECT_TRUE(matches("%caf.$%", "caf\xc3\xa9"));
  EXPECT_TRUE(matches("%\\x28\\d+\\x29%", "f(12)"));
  EXPECT_TRUE(matches("%10\\.0%", "10.0"));
  EXPECT_FALSE(matches("%10\\.0%", "1000"));
  EXPECT_TRUE(matches("%x% ", "x"));
}

TEST(regex_pattern, takes_time_linear_in_the_text) {
  EXPECT_FALSE(matches("%a+a+a+a+a+a+a+a+b%", std::string(100'000, 'a')));
}

}  // namespace
}  // namespace trailbell::detect
