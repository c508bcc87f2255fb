#include "trailbell/detect/filter_syntax.hpp"

#include "unit/detect/filter_cases.hpp"

namespace trailbell::detect {
namespace {

std::string printed(std::string_view pattern) {
  return to_text(parsed(pattern).syntax());
}

TEST(filter_syntax, prints_what_it_means) {
  EXPECT_EQ(printed(" "), "");
  EXPECT_EQ(printed("a-b ?c"), R"("a" -"b" ?"c")");
  EXPECT_EQ(printed("{$.a=1&&($.b=x*||$.c is null)}"),
            R"({ $.a = 1 && ($.b = "x*" || $.c IS NULL) })");
  EXPECT_EQ(printed("{$.a.*!=\"\\\"\"||$.['x.y'][2]not exists}"),
            R"({ $.a[*] != "\"" || $.['x.y'][2] NOT EXISTS })");
  EXPECT_EQ(printed("{ $.*.b >= -1e3 }"), "{ $.*.b >= -1e3 }");
  EXPECT_EQ(printed("[a,,b=4*&&b!=403,...,c]"), R"([a, , b = "4*" && b != 403, ..., c])");
  EXPECT_EQ(printed("[]"), "[]");
  EXPECT_EQ(printed("%a|b%"), "%a|b%");
}

TEST(filter_syntax, equal_however_it_is_written) {
  EXPECT_EQ(parsed("{$.a=x}"), parsed("{ (( $.a = \"x\" )) }"));
  EXPECT_EQ(parsed("{$.a[*]=1}"), parsed("{$.a.*=1}"));
  EXPECT_EQ(parsed("{$.a=a**}"), parsed("{$.a=a*}"));
  EXPECT_EQ(parsed("[a, b]"), parsed("[ a ,b ]"));
  EXPECT_FALSE(parsed("{$.a=1}") == parsed("{$.a=\"1\"}"));
  EXPECT_FALSE(parsed("{$.a=1}") == parsed("{$.a!=1}"));
  EXPECT_FALSE(parsed("a") == parsed("-a"));
}

TEST(filter_syntax, says_of_what_kind_a_pattern_is) {
  EXPECT_EQ(parsed("").syntax().kind(), pattern_kind::match_all);
  EXPECT_EQ(parsed("a").syntax().kind(), pattern_kind::terms);
  EXPECT_EQ(parsed("{$.a=1}").syntax().kind(), pattern_kind::json);
  EXPECT_EQ(parsed("[a]").syntax().kind(), pattern_kind::space_delimited);
  EXPECT_EQ(parsed("%a%").syntax().kind(), pattern_kind::regex);
  EXPECT_TRUE(parsed("{$.a=1}").reads_json());
  EXPECT_FALSE(parsed("[a]").reads_json());
}

TEST(filter_syntax, a_copy_of_a_pattern_evaluates_like_it) {
  filter_pattern pattern = parsed("%a%");
  {
    const filter_pattern other = parsed("{ $.a = %x% }");
    pattern = other;
  }
  EXPECT_EQ(pattern.text(), "{ $.a = %x% }");
  EXPECT_TRUE(matches(pattern, R"({"a":"x"})"));
}

}  // namespace
}  // namespace trailbell::detect
