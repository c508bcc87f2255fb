// Which rules a record reaches: Sigma's, which compare in any case and look into lists.
#include "trailbell/detect/rule_selector.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/sigma_asked.hpp"
#include "unit/detect/rule_cases.hpp"

namespace trailbell::detect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

rule_ptr sigma(const std::string& selection) {
  return test::sigma_rule_of(test::sigma_text_of_selection(selection));
}

std::vector<std::uint32_t> selected(const rule_set& rules, text_view name, text_view source,
                                    std::string_view raw = "{}") {
  record_fields fields;
  fields.event_name = name;
  fields.event_source = source;
  fields.raw = raw;
  rule_selector selector{rules};
  const auto found = selector.select(fields);
  return {found.begin(), found.end()};
}

TEST(rule_selector, finds_names_and_sources_in_any_case) {
  const rule_set rules{{sigma("{eventName: [DeleteTrail, StopLogging]}"),
                        rule_with("{ $.eventName = DeleteTrail }"),
                        sigma("{eventSource: S3.amazonaws.com}"), sigma("{eventName: K}")}};
  EXPECT_THAT(selected(rules, "deleteTRAIL", "x"), ElementsAre(0, 1));
  EXPECT_THAT(selected(rules, "stoplogging", "s3.AMAZONAWS.com"), ElementsAre(0, 2));
  EXPECT_THAT(selected(rules, "DeleteTrails", "x"), IsEmpty());
  EXPECT_THAT(selected(rules, "k", "x"), ElementsAre(3));
  EXPECT_THAT(selected(rules, "\xe2\x84\xaa", "x"), IsEmpty()) << "the Kelvin sign is no k";
}

TEST(rule_selector, a_name_that_is_no_text_rules_out_no_sigma_rule) {
  const rule_set rules{{sigma("{eventName: DeleteTrail}"), rule_with("{ $.eventName = A }"),
                        sigma("{eventSource: s}"), sigma("{eventName: B, eventSource: s}")}};
  EXPECT_THAT(selected(rules, std::nullopt, "x"), ElementsAre(0, 3));
  EXPECT_THAT(selected(rules, "x", std::nullopt), ElementsAre(2));
  EXPECT_THAT(selected(rules, std::nullopt, std::nullopt), ElementsAre(0, 2, 3));
}

TEST(rule_selector, a_rule_that_never_holds_is_reached_by_no_record) {
  const rule_set rules{
      {test::sigma_rule_of("title: t\nlogsource: {product: windows}\ndetection:\n"
                           "  s: {eventName: A}\n  condition: s\n")}};
  EXPECT_THAT(selected(rules, "A", "s"), IsEmpty());
  EXPECT_THAT(selected(rules, std::nullopt, std::nullopt), IsEmpty());
}

TEST(rule_selector, many_rules_for_texts_are_reached_by_the_texts_that_a_record_holds) {
  std::vector<rule_ptr> many;
  for (int i = 10; i < 40; ++i) {
    many.push_back(sigma("{userAgent|contains: 'a rare program " + std::to_string(i) + "'}"));
  }
  many.push_back(sigma("{CommandLine: null}"));
  many.push_back(sigma("{CommandLine|contains: x}"));
  many.push_back(sigma("{userAgent|contains: 'A Rare'}"));
  const rule_set rules{std::move(many)};
  EXPECT_THAT(selected(rules, "A", "s"), ElementsAre(30)) << "what needs nothing";
  EXPECT_THAT(selected(rules, "A", "s", R"({"userAgent":"A RARE PROGRAM 12 and 39"})"),
              ElementsAre(2, 30, 32));
  EXPECT_THAT(selected(rules, "A", "s", R"({"CommandLine":5})"), ElementsAre(30, 31));
  EXPECT_THAT(selected(rules, "A", "s", R"({"commandline":5})"), ElementsAre(30));
}

TEST(rule_selector, an_escape_hides_no_text) {
  std::vector<rule_ptr> many;
  for (int i = 10; i < 40; ++i) {
    many.push_back(sigma("{userAgent|contains: 'a rare program " + std::to_string(i) + "'}"));
  }
  many.push_back(sigma("{userAgent|contains: 'u0041bc'}"));
  const rule_set rules{std::move(many)};
  EXPECT_THAT(selected(rules, "A", "s", R"({"userAgent":"\u0061 rare \u0050rogram\u002012"})"),
              ElementsAre(2));
  EXPECT_THAT(selected(rules, "A", "s", R"({"userAgent":"\\u0041bc \u0041"})"), ElementsAre(30))
      << "an escaped backslash begins no escape";
  EXPECT_THAT(selected(rules, "A", "s", R"({"userAgent":"\u00)"), IsEmpty()) << "cut";
}

TEST(rule_selector, an_escaped_backslash_begins_no_escape_before_one_that_is) {
  std::vector<rule_ptr> many;
  for (int i = 10; i < 40; ++i) {
    many.push_back(sigma("{userAgent|contains: 'a rare program " + std::to_string(i) + "'}"));
  }
  many.push_back(sigma("{userAgent|contains: 'u0041bc A'}"));
  const rule_set rules{std::move(many)};
  EXPECT_THAT(selected(rules, "A", "s", R"({"userAgent":"\\u0041bc \u0041"})"), ElementsAre(30));
}

TEST(rule_selector, a_term_may_end_the_record) {
  std::vector<rule_ptr> many;
  for (int i = 10; i < 40; ++i) {
    many.push_back(rule_with("\"rare term " + std::to_string(i) + "\""));
  }
  many.push_back(rule_with(R"("\"userAgent\":\"abcd\"}")"));
  const rule_set rules{std::move(many)};
  EXPECT_THAT(selected(rules, "A", "s", R"({"userAgent":"abcd"})"), ElementsAre(30));
  EXPECT_THAT(selected(rules, "A", "s", R"({"userAgent":"abcd")"), IsEmpty());
}

TEST(rule_selector, an_escape_is_also_a_text_as_it_stands) {
  std::vector<rule_ptr> many;
  for (int i = 10; i < 40; ++i) {
    many.push_back(rule_with("\"rare term " + std::to_string(i) + "\""));
  }
  many.push_back(rule_with("\"u0041bcd\""));
  many.push_back(rule_with("%0041bcd%"));
  many.push_back(sigma("{userAgent|contains: Abcd}"));
  const rule_set rules{std::move(many)};
  EXPECT_THAT(selected(rules, "A", "s", R"({"userAgent":"\u0041bcd"})"), ElementsAre(30, 31, 32))
      << "terms are looked for in the bytes of the record";
}

}  // namespace
}  // namespace trailbell::detect
