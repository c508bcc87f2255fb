#include "app/arguments.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace trailbell::app {
namespace {

TEST(arguments, come_last_first_and_otherwise_as_they_were) {
  EXPECT_EQ(prepare_words({"replay", "--threads", "2", "a,b"}),
            (std::vector<std::string>{"a,b", "2", "--threads", "replay"}));
}

TEST(arguments, an_empty_value_does_not_swallow_the_next_word) {
  EXPECT_THROW((void)prepare_words({"replay", "--output=", "x"}), std::invalid_argument);
}

TEST(arguments, brackets_are_part_of_a_path) {
  EXPECT_EQ(prepare_words({"[a,b]"}), std::vector<std::string>{"./[a,b]"});
}

}  // namespace
}  // namespace trailbell::app
