#include "detect/filter_regex.hpp"

#include <gtest/gtest.h>

namespace trailbell::detect {
namespace {

TEST(filter_regex, accepts_the_services_dialect) {
  for (const char* sound : {"a",
                            "^a$",
                            "a|b",
                            "a?",
                            "a*",
                            "a+",
                            "a+?",
                            "a*?",
                            "a??",
                            "a{2}",
                            "a{2,}",
                            "a{2,3}",
                            "[a-z0-9_]",
                            "[^a]",
                            "[]a]",
                            "[.*+?{]",
                            "[\\]\\d]",
                            "\\d\\D\\s\\S\\w\\W",
                            "\\x28\\x3A",
                            "\\^\\$\\?\\[\\]\\{\\}\\|\\\\\\*\\+\\.",
                            "a:b_c#d=e@f/g;h,i-j",
                            "a\\-b"}) {
    EXPECT_FALSE(check_regex(sound)) << sound << ": " << check_regex(sound)->message();
  }
}

TEST(filter_regex, says_where_an_expression_leaves_the_dialect) {
  const std::pair<const char*, std::size_t> wrong[] = {
      {"", 0},      {"a(b)", 1},   {"ab!", 2},   {"a b", 1},     {"a\xc3\xa9", 1}, {"a++", 2},
      {"a**", 2},   {"a?+", 2},    {"a{2}+", 4}, {"a{2}{3}", 4}, {"a{x}", 1},      {"a{2", 1},
      {"a{,2}", 1}, {"[a&&b]", 2}, {"[a", 0},    {"[[a]]", 1},   {"\\b", 0},       {"\\(", 0},
      {"\\x2", 0},  {"\\", 0},     {"\\xzz", 0}, {"*a", 0},      {"[z-a]", 0},     {"(?i)a", 0},
  };
  for (const auto& [source, offset] : wrong) {
    const std::optional<pattern_error> problem = check_regex(source);
    ASSERT_TRUE(problem) << source;
    EXPECT_EQ(problem->offset, offset) << source;
    EXPECT_FALSE(problem->reason.empty()) << source;
  }
}

TEST(filter_regex, finds_anywhere_and_knows_utf8) {
  const compiled_regex regex{"b.d"};
  EXPECT_TRUE(
      regex.found_in("ab\xc3\xa9"
                     "d"));
  EXPECT_FALSE(regex.found_in("bd"));
  EXPECT_FALSE(regex.found_in(""));
}

}  // namespace
}  // namespace trailbell::detect
