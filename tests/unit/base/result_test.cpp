#include "trailbell/base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

namespace trailbell {
namespace {

TEST(result, holds_a_value_or_an_error) {
  const result<int> good = 7;
  EXPECT_TRUE(good);
  EXPECT_EQ(good.value(), 7);
  const result<int> bad = error{errc::corrupt, "x.gz: cut"};
  EXPECT_FALSE(bad.ok());
  EXPECT_EQ(bad.failure().code, errc::corrupt);
  EXPECT_EQ(bad.failure().message, "x.gz: cut");
}

TEST(result, moves_what_cannot_be_copied) {
  result<std::unique_ptr<int>> made = std::make_unique<int>(3);
  const std::unique_ptr<int> taken = std::move(made.value());
  EXPECT_EQ(*taken, 3);
}

TEST(result_death, asking_for_what_is_not_there_is_a_bug_that_names_its_place) {
  const result<int> bad = error{errc::corrupt, "x"};
  EXPECT_DEATH((void)bad.value(), "result holds an error");
  const result<int> good = 1;
  EXPECT_DEATH((void)good.failure(), "result.hpp");
}

TEST(errc, every_value_has_a_sentence_of_its_own) {
  std::set<std::string> sentences;
  for (int i = 0; i <= static_cast<int>(errc::interrupted); ++i) {
    const std::string sentence = describe(static_cast<errc>(i));
    EXPECT_FALSE(sentence.empty());
    EXPECT_NE(sentence.back(), '.');
    sentences.insert(sentence);
  }
  EXPECT_EQ(sentences.size(), static_cast<std::size_t>(errc::interrupted) + 1);
}

TEST(errc, what_may_pass_can_be_tried_again) {
  EXPECT_TRUE(retryable(errc::changed));
  EXPECT_TRUE(retryable(errc::output_failed));
  EXPECT_FALSE(retryable(errc::corrupt));
  EXPECT_FALSE(retryable(errc::usage));
}

}  // namespace
}  // namespace trailbell
