#include "trailbell/detect/filter_explain.hpp"

#include <gmock/gmock.h>

#include "unit/detect/filter_cases.hpp"

namespace trailbell::detect {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines(std::string_view pattern, std::string_view event) {
  decode::json_reader reader;
  json_tree tree;
  const bool json = reader.read(event, tree);
  std::vector<std::string> out;
  for (const explained_part& part : explain(parsed(pattern), {event, json ? &tree : nullptr})) {
    const char* const marks[] = {"yes ", "no ", "ignored "};
    out.push_back(std::string(part.depth, '.') + marks[static_cast<int>(part.outcome)] + part.part +
                  (part.found.empty() ? "" : " <- " + part.found));
  }
  return out;
}

TEST(filter_explain, shows_every_condition_and_what_was_found) {
  EXPECT_THAT(lines("{ ($.a = 1 || $.b[*] = x) && $.c NOT EXISTS && $.d IS NULL }",
                    R"({"a":2,"b":["x",3],"d":{"e":1}})"),
              ElementsAre("no a JSON condition", ".no all of", "..yes any of", "...no $.a = 1 <- 2",
                          "...yes $.b[*] = \"x\" <- \"x\", 3", "..yes $.c NOT EXISTS <- nothing",
                          "..no $.d IS NULL <- an object of 1"));
}

TEST(filter_explain, says_that_an_event_is_no_object) {
  EXPECT_THAT(lines("{ $.a = 1 }", "x"),
              ElementsAre("no a JSON condition", ".no a JSON object <- text that is not JSON"));
  EXPECT_THAT(lines("{ $.a = 1 }", "[1,2]"),
              ElementsAre("no a JSON condition", ".no a JSON object <- an array of 2"));
}

TEST(filter_explain, shows_terms_and_which_are_ignored) {
  EXPECT_THAT(lines("b -c ?d", "a b"),
              ElementsAre("yes terms", ".yes \"b\" <- at byte 2", ".yes -\"c\" <- nothing",
                          ".ignored ?\"d\" <- nothing"));
}

TEST(filter_explain, shows_fields_with_their_text) {
  EXPECT_THAT(lines("[a = x || a = y, ..., n > 1]", "y 0 1"),
              ElementsAre("no space-delimited fields", ".yes at least 2 fields <- 3", ".yes any of",
                          "..no a = \"x\" <- y", "..yes a = \"y\" <- y", ".no n > 1 <- 1"));
  EXPECT_THAT(lines("[a, b]", "x"),
              ElementsAre("no space-delimited fields", ".no at least 2 fields <- 1"));
}

TEST(filter_explain, shows_no_more_than_the_beginning_of_a_long_value) {
  const std::string event = "{\"a\":\"" + std::string(5000, 'x') + "\"}";
  for (const std::string& line : lines("{ $.a = x }", event)) {
    EXPECT_LT(line.size(), 300U);
  }
}

TEST(filter_explain, describes_a_pattern_with_what_surprises_about_it) {
  std::vector<std::string> out;
  for (const described_part& part : describe(parsed("{ $.a = true && ($.b != x || $.c = 1) }"))) {
    out.push_back(std::string(part.depth, '.') + part.text);
  }
  EXPECT_THAT(
      out, ElementsAre("a JSON condition", ".all of",
                       "..$.a = \"true\"   compares with text: a boolean is tested with IS TRUE or "
                       "IS FALSE",
                       "..any of",
                       "...$.b != \"x\"   does not hold where the member is missing, null or a "
                       "boolean",
                       "...$.c = 1"));
}

TEST(filter_explain, measures_a_pattern_against_the_quotas) {
  const pattern_size size = size_of(parsed("{ $.a[*] = %x% || $.b.* = \"\xc3\xa9\" }"));
  EXPECT_EQ(size.characters, 31U);
  EXPECT_EQ(size.regexes, 1U);
  EXPECT_EQ(size.wildcard_selectors, 2U);
}

}  // namespace
}  // namespace trailbell::detect
