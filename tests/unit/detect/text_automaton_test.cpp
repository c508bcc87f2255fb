#include "detect/text_automaton.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <random>
#include <vector>

#include "detect/filter_regex.hpp"

namespace trailbell::detect {
namespace {

std::optional<std::string> shortest(const std::vector<language_wish>& wishes) {
  effort left{100'000};
  return shortest_text(wishes, left);
}

TEST(text_automaton, a_glob_takes_each_piece_where_it_first_occurs) {
  const auto language = language_of(text_literal{{"a", "bb", "c"}});
  EXPECT_TRUE(language->contains("abbc"));
  EXPECT_TRUE(language->contains("axbbxc"));
  EXPECT_FALSE(language->contains("abbcc"));  // the first c is not at the end
  EXPECT_FALSE(language->contains("bbc"));
  EXPECT_TRUE(language_of(text_literal{{"", ""}})->contains(""));
  EXPECT_TRUE(language_of(text_literal{{"", "aab", ""}})->contains("aaab"));
  EXPECT_FALSE(language_of(text_literal{{"", "111.111"}})->contains("111.111.111"));
}

TEST(text_automaton, a_number_is_its_spelling) {
  const auto language = language_of(number_literal{"1.0", 1.0});
  EXPECT_TRUE(language->contains("1.0"));
  EXPECT_FALSE(language->contains("1"));
}

TEST(text_automaton, finds_the_shortest_text_in_some_and_not_in_others) {
  const auto starts = language_of(text_literal{{"ab", ""}});
  const auto ends = language_of(text_literal{{"", "ba"}});
  const auto whole = language_of(text_literal{{"aba"}});
  EXPECT_EQ(shortest({{starts.get(), true}, {ends.get(), true}}), "aba");
  EXPECT_EQ(shortest({{starts.get(), true}, {starts.get(), false}}), std::nullopt);
  EXPECT_EQ(shortest({{whole.get(), true}, {starts.get(), false}}), std::nullopt);
  EXPECT_EQ(shortest({{starts.get(), false}, {ends.get(), false}}), "");
  EXPECT_EQ(shortest({}), "");
}

TEST(text_automaton, a_text_beyond_ascii_is_code_points) {
  const auto one = language_of_regex("^.$");
  EXPECT_TRUE(one->contains("\xc3\xa9"));
  EXPECT_FALSE(one->contains("\xc3\xa9x"));
  EXPECT_TRUE(language_of_regex("^\\xe9$")->contains("\xc3\xa9"));
  const auto literal = language_of(text_literal{{"\xc3\xa9", ""}});
  EXPECT_EQ(shortest({{literal.get(), true}, {one.get(), true}}), "\xc3\xa9");
}

TEST(text_automaton, gives_up_where_effort_ends) {
  effort left{3};
  const auto far = language_of(text_literal{{"abcdefgh"}});
  const std::vector<language_wish> wishes{{far.get(), true}};
  EXPECT_EQ(shortest_text(wishes, left), std::nullopt);
  EXPECT_TRUE(left.spent());
}

TEST(text_automaton, an_expression_of_too_many_states_says_so) {
  EXPECT_TRUE(language_of_regex("a{900}b{900}a{900}b{900}a{900}b{900}a{900}b{900}a{900}b{900}"
                                "a{900}b{900}a{900}b{900}")
                  ->too_large());
}

// Against RE2 itself, on expressions and texts of few letters.
TEST(text_automaton, accepts_what_the_evaluators_engine_finds) {
  std::mt19937 random{20240229};
  const auto pick = [&random](std::size_t below) { return random() % below; };
  const std::vector<std::string> pieces{"a",    "b",   ".",   "^",      "$",     "|",     "[ab]",
                                        "[^a]", "\\d", "\\W", "\\s",    "\\x0a", "[a-c]", "[]a]",
                                        "[a-]", "\\.", "-",   "[^\\d]", "[\\w]", "\\xe9", "1"};
  const std::vector<std::string> repeats{"",    "",      "",     "",   "*",  "+",  "?",
                                         "{2}", "{1,2}", "{1,}", "*?", "+?", "??", "{0,1}"};
  const std::vector<std::string> letters{"a", "b", "c", "1", "\n", " ", "-", "]", ".", "\xc3\xa9"};
  int compared = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string source;
    for (std::size_t n = 1 + pick(5); n > 0; --n) {
      source += pieces[pick(pieces.size())] + repeats[pick(repeats.size())];
    }
    if (check_regex(source)) {
      continue;
    }
    const compiled_regex engine{source};
    const auto language = language_of_regex(source);
    for (int texts = 0; texts < 20; ++texts) {
      std::string text;
      for (std::size_t n = pick(6); n > 0; --n) {
        text += letters[pick(letters.size())];
      }
      ++compared;
      ASSERT_EQ(language->contains(text), engine.found_in(text))
          << source << " in '" << text << "'";
    }
  }
  EXPECT_GT(compared, 20'000);
}

}  // namespace
}  // namespace trailbell::detect
