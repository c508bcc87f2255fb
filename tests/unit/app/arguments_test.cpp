#include "app/arguments.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace trailbell::app {
namespace {

using words = std::vector<std::string>;

words prepared(const words& given) {
  return prepare_words(given, {{"--output", "--pattern", "--threads"}, {"--pattern"}});
}

TEST(arguments, come_last_first_and_otherwise_as_they_were) {
  EXPECT_EQ(prepared({"replay", "--threads", "2", "--strict", "a,b"}),
            (words{"a,b", "--strict", "2", "--threads", "replay"}));
}

TEST(arguments, a_value_behind_an_equals_sign_is_the_next_word) {
  EXPECT_EQ(prepared({"--pattern=a=b"}), (words{"a=b", "--pattern"}));
  EXPECT_EQ(prepared({"--pattern=[a,b]"}), (words{"[a,b]", "--pattern"}));
}

TEST(arguments, a_value_is_taken_as_it_is) {
  EXPECT_EQ(prepared({"--pattern", "[a, b]"}), (words{"[a, b]", "--pattern"}));
  EXPECT_EQ(prepared({"--pattern", "--threads=", "x"}), (words{"x", "--threads=", "--pattern"}));
  EXPECT_EQ(prepared({"--pattern", "--", "x"}), (words{"x", "--", "--pattern"}));
}

TEST(arguments, an_empty_value_does_not_swallow_the_next_word) {
  EXPECT_EQ(prepared({"--pattern=", "x"}), (words{"x", "", "--pattern"}));
  EXPECT_EQ(prepared({"--pattern", "", "x"}), (words{"x", "", "--pattern"}));
}

TEST(arguments, an_empty_value_is_an_error_where_it_means_nothing) {
  EXPECT_THROW((void)prepared({"replay", "--output=", "x"}), std::invalid_argument);
  EXPECT_THROW((void)prepared({"replay", "--output", "", "x"}), std::invalid_argument);
  EXPECT_THROW((void)prepared({"replay", "--strict=", "x"}), std::invalid_argument);
}

TEST(arguments, a_missing_value_is_left_to_be_reported) {
  EXPECT_EQ(prepared({"replay", "--output"}), (words{"--output", "replay"}));
}

TEST(arguments, brackets_are_part_of_a_path) {
  EXPECT_EQ(prepared({"[a,b]"}), words{"./[a,b]"});
  EXPECT_EQ(prepared({"--", "--pattern", "[a]"}), (words{"./[a]", "--pattern", "--"}));
}

}  // namespace
}  // namespace trailbell::app
