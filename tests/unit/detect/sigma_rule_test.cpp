// A Sigma rule as a whole: who it is, which logs it is for, what it needs, how it explains itself.
#include "trailbell/detect/sigma_rule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/sigma_asked.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/rule_file.hpp"

namespace trailbell::test {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

constexpr const char* whole = R"(title: A trail was stopped
id: 0c2f1a52-7f6c-4a39-9d55-2c1d7a9b6b11
status: test
description: |
  Someone stopped a trail.
references:
  - https://example.org/a
author: someone
custom: {anything: goes}
tags: [attack.t1562, attack.defense-evasion]
logsource: {product: aws, service: cloudtrail, definition: a trail}
detection:
  selection:
    eventSource: cloudtrail.amazonaws.com
    eventName: [StopLogging, DeleteTrail]
  filter_main_ci:
    userIdentity.arn|endswith: ':role/ci'
  condition: selection and not 1 of filter_main_*
falsepositives: Maintenance
level: high
)";

constexpr const char* selection = "detection:\n  s: {eventName: X}\n  condition: s\n";

TEST(sigma_rule, says_who_it_is) {
  const sigma_rule_ptr rule = sigma_rule_of(whole);
  ASSERT_NE(rule, nullptr);
  const auto& text = rule->info().text();
  EXPECT_EQ(rule->id(), "0c2f1a52-7f6c-4a39-9d55-2c1d7a9b6b11");
  EXPECT_EQ(text.title, "A trail was stopped");
  EXPECT_EQ(text.description, "Someone stopped a trail.\n");
  EXPECT_THAT(text.tags, ElementsAre("attack.t1562", "attack.defense-evasion"));
  EXPECT_THAT(text.references, ElementsAre("https://example.org/a"));
  EXPECT_THAT(text.false_positives, ElementsAre("Maintenance"));
  EXPECT_EQ(rule->status(), "test");
  EXPECT_EQ(rule->kind(), "sigma");
  EXPECT_EQ(rule->threshold(), nullptr);
}

TEST(sigma_rule, has_the_level_that_it_says_else_medium) {
  json_tree tree;
  decode::json_reader reader;
  ASSERT_TRUE(reader.read(R"({"eventName":"X"})", tree));
  const auto level_of = [&tree](const std::string& line) {
    const sigma_rule_ptr rule = sigma_rule_of("title: t\n" + line + selection);
    return rule->evaluate({{}, &tree}).value().level;
  };
  EXPECT_EQ(level_of("level: informational\n"), severity::informational);
  EXPECT_EQ(level_of("level: low\n"), severity::low);
  EXPECT_EQ(level_of("level: high\n"), severity::high);
  EXPECT_EQ(level_of("level: critical\n"), severity::critical);
  EXPECT_EQ(level_of(""), severity::medium);
}

TEST(sigma_rule, without_an_id_takes_its_name_else_that_of_its_file) {
  const auto file = read_yaml("rules/some_rule.yml", std::string{"title: t\n"} + selection);
  const auto rule = detect::parse_sigma_rule(file.value(), file.value().documents.front());
  EXPECT_EQ(rule.value()->id(), "some_rule");
  EXPECT_EQ(sigma_rule_of(std::string{"title: t\nname: trail_off\n"} + selection)->id(),
            "trail_off");
}

TEST(sigma_rule, is_for_cloudtrail_unless_its_log_source_says_otherwise) {
  const auto applies = [](const std::string& source) {
    const sigma_rule_ptr rule =
        sigma_rule_of("title: t\nlogsource: {" + source + "}\n" + selection);
    const bool reads = rule->reads_json();
    EXPECT_EQ(asked(*rule, R"({"eventName":"X"})"), reads) << source;
    EXPECT_EQ(rule->kind(), reads ? "sigma" : "sigma, for other logs");
    return reads;
  };
  EXPECT_TRUE(applies("product: aws, service: cloudtrail"));
  EXPECT_TRUE(applies("product: AWS, service: CloudTrail"));
  EXPECT_TRUE(applies("product: aws"));
  EXPECT_TRUE(applies("service: cloudtrail"));
  EXPECT_TRUE(applies("service: cloudtrail, category: any"));
  EXPECT_TRUE(applies("definition: a trail"));
  EXPECT_FALSE(applies("product: windows, service: security"));
  EXPECT_FALSE(applies("product: aws, service: guardduty"));
  EXPECT_FALSE(applies("product: azure, service: cloudtrail"));
  EXPECT_FALSE(applies("category: process_creation"));
  EXPECT_FALSE(applies("product: aws, category: webserver"));
  EXPECT_TRUE(asked(*sigma_rule_of(std::string{"title: t\n"} + selection), R"({"eventName":"X"})"));
}

TEST(sigma_rule, for_other_logs_loads_though_it_could_not_be_run) {
  const std::string source = "title: t\nlogsource: {product: windows}\n";
  const std::string detection =
      "detection:\n  s: {a|re: 'x(?!y)', b|expand: '%Servers%'}\n  condition: s\n";
  EXPECT_NE(sigma_rule_of(source + detection), nullptr);
  EXPECT_EQ(sigma_rule_of("title: t\n" + detection), nullptr);
  EXPECT_EQ(sigma_rule_of(source + "detection:\n  s: {a|contian: x}\n  condition: s\n"), nullptr)
      << "what is no Sigma stays wrong";
}

TEST(sigma_rule, reports_everything_that_is_wrong_at_once) {
  EXPECT_THAT(
      sigma_problems("level: hihg\nstatus: tset\nlogsource: aws\ntags: [{a: b}]\n"
                     "detection:\n  s: {a|contain: x, b|re: '(?=x)'}\n  condition: t\n"),
      UnorderedElementsAre(
          "1:1: a Sigma rule without a title; add it",
          "1:8: 'hihg' is no level; did you mean 'high'?",
          "2:9: 'tset' is no status; did you mean 'test'?",
          "3:12: 'logsource' is a mapping, and here stands a text; write 'logsource: {product: "
          "aws, service: cloudtrail}'",
          "4:8: 'tags' is a list of texts, and here stands a mapping; write one text for each "
          "entry",
          "6:9: unknown modifier 'contain'; did you mean 'contains'?",
          "6:27: this regular expression has a look-ahead, '(?=', which cannot be run in linear "
          "time; see https://github.com/google/re2/wiki/Syntax",
          "7:14: no selection has the name 't'; did you mean 's'?"));
}

TEST(sigma_rule, refuses_what_is_no_detection_rule_by_name) {
  const auto first = [](const std::string& text) { return sigma_problems(text).at(0); };
  EXPECT_EQ(first("title: t\naction: global\ndetection: {}\n").substr(0, 28),
            "2:1: a collection of Sigma 1");
  EXPECT_EQ(
      first("title: t\ndetection: x\n"),
      "2:12: 'detection' is a mapping, and here stands a text; write selections and a condition "
      "below it");
}

TEST(sigma_rule, is_read_with_other_rules_and_with_placeholders_of_another_file) {
  const auto loaded = detect::load_rules(
      {{"a.yml", "title: a\ndetection:\n  s: {eventName|expand: '%Names%'}\n  condition: s\n"},
       {"z.yml", "placeholders: {Names: [X, Y]}\n"}});
  ASSERT_TRUE(loaded.ok());
  ASSERT_EQ(loaded.value().size(), 1U);
  EXPECT_EQ(loaded.value().front().rule->id(), "a");
  const auto refused = detect::load_rules({{"z.yml", "placeholders: [X]\n"}});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.failure().all.front().what,
            "'placeholders' is a mapping, and here stands a list");
}

// ---- what it needs -----------------------------------------------------------------------------

std::vector<std::string> literals_of(std::string_view selected) {
  std::vector<std::string> all;
  const sigma_rule_ptr rule = sigma_rule_of(sigma_text_of_selection(selected));
  const auto& literals = rule->needs().literals;
  for (const detect::needed_literal& one :
       literals.value_or(std::vector<detect::needed_literal>{})) {
    all.push_back(one.text + (one.ignore_case ? " in any case" : ""));
  }
  return all;
}

TEST(sigma_needs, are_the_rarest_texts_that_have_to_be_there) {
  const sigma_rule_ptr rule = sigma_rule_of(whole);
  EXPECT_EQ(rule->needs().literals, (std::vector<detect::needed_literal>{
                                        {"\"stoplogging\"", true}, {"\"deletetrail\"", true}}));
  EXPECT_THAT(literals_of("{eventName|cased: CreateUser}"), ElementsAre("\"CreateUser\""));
  EXPECT_THAT(literals_of("{eventSource: x.amazonaws.com, userAgent|contains: TruffleHog}"),
              ElementsAre("trufflehog in any case"));
  EXPECT_THAT(literals_of("[Evil-Tool]"), ElementsAre("evil-tool in any case"));
  EXPECT_THAT(literals_of("{a|contains|all: [long-one, longer-one]}"),
              ElementsAre("long-one in any case"));
}

TEST(sigma_needs, cut_where_the_record_may_spell_it_otherwise) {
  EXPECT_THAT(literals_of(R"({a|contains: '"s3:GetObject"'})"),
              ElementsAre("getobject in any case"));
  EXPECT_THAT(literals_of("{a: 'arn:aws:iam::aws:policy/Administrator'}"),
              ElementsAre("administrator in any case"));
  EXPECT_THAT(literals_of(R"({a|contains: 'abcd\\efghij'})"), ElementsAre("efghij in any case"));
  EXPECT_THAT(literals_of("{a|contains: \"abcd\\u00e9efghij\"}"),
              ElementsAre("efghij in any case"));
  EXPECT_THAT(literals_of("{a|contains: 'enable\":false'}"), ElementsAre("enable in any case"));
  EXPECT_THAT(literals_of("{a|contains: 'abcd,efghij'}"), ElementsAre("efghij in any case"));
  EXPECT_THAT(literals_of("{a: 'abcd?fghij*klm'}"), ElementsAre("fghij in any case"));
}

TEST(sigma_needs, of_a_regular_expression_are_its_plain_runs) {
  EXPECT_THAT(literals_of("{a|re: '.+:assumed-role/aws:.+'}"), ElementsAre("assumed-role"));
  EXPECT_THAT(literals_of(R"({a|re: '^abcd\.efgh[x-z]ijk$'})"), ElementsAre("abcd.efgh"));
  EXPECT_THAT(literals_of("{a|re: 'abcdefg?hijkl*'}"), ElementsAre("abcdef"));
  EXPECT_THAT(literals_of("{a|re: 'abcdef{0,2}(ghijklm)?[nopqrst]uvwx+'}"), ElementsAre("abcde"));
  for (const char* const unknown :
       {"abcdef|x", "(abcdef)", "(?i)abcdef", "[abcdef]", "[]abcdef]", R"(\x61bcdefg)",
        R"(\Qabcdef\E)", R"(\pLabcdef)", "[[:alpha:]abc]defgh", "123456", "(a(b)[)]cdef)"}) {
    EXPECT_THAT(literals_of("{a|re: '" + std::string{unknown} + "'}"), ElementsAre()) << unknown;
  }
  EXPECT_THAT(literals_of("{a|re|i: abcdef}"), ElementsAre());
}

TEST(sigma_needs, are_not_known_where_nothing_has_to_be_there) {
  for (const char* const unknown :
       {"{a: null}", "{a|neq: abcdef}", "{a|re: '.*'}", "{a: 123456}", "{a: 'true'}",
        "{vendorField|exists: false}", "{errorCode|exists: true}", "{a|contains: abc}",
        "{a: [abcdef, null-ish, '?']}", "{a|exists: true}", "{a|cidr: 10.0.0.0/8}"}) {
    EXPECT_FALSE(sigma_rule_of(sigma_text_of_selection(unknown))->needs().literals.has_value())
        << unknown;
  }
}

TEST(sigma_needs, of_a_rule_for_other_logs_nothing_fulfils) {
  const sigma_rule_ptr rule =
      sigma_rule_of(std::string{"title: t\nlogsource: {product: linux}\n"} + selection);
  EXPECT_TRUE(rule->needs().never());
}

// ---- why ---------------------------------------------------------------------------------------

std::string explained(const detect::sigma_rule& rule, std::string_view record) {
  decode::json_reader reader;
  json_tree tree;
  EXPECT_TRUE(reader.read(record, tree));
  std::string text;
  for (const detect::explained_condition& condition : rule.explain({{}, &tree})) {
    text += condition.purpose + "\n";
    for (const detect::explained_part& part : condition.parts) {
      text += std::string(2 * part.depth, ' ') +
              (part.outcome == detect::part_outcome::holds ? "+ " : "- ") + part.part +
              (part.found.empty() ? "" : " <" + part.found + ">") + "\n";
    }
  }
  return text;
}

TEST(sigma_explain, says_which_selections_hold_and_what_was_found) {
  EXPECT_EQ(explained(*sigma_rule_of(whole),
                      R"({"eventSource":"cloudtrail.amazonaws.com","eventName":"StopLogging"})"),
            R"(condition
+ selection and not 1 of filter_main_*
  + all of
    + selection
      + eventSource: 'cloudtrail.amazonaws.com' <"cloudtrail.amazonaws.com">
      + eventName: 'StopLogging', 'DeleteTrail' <"StopLogging">
    + not
      - any of
        - filter_main_ci
          - userIdentity.arn|endswith: ':role/ci' <nothing>
)");
}

TEST(sigma_explain, shows_lists_references_and_keywords) {
  const sigma_rule_ptr rule = sigma_rule_of(sigma_text_of(
      "  a: [{b: 1, c: 2}, {d|fieldref: e}]\n  k: [word, other]\n  condition: a or k"));
  EXPECT_EQ(explained(*rule, R"({"b":1,"d":["x","y"],"e":"z","f":"a word"})"),
            R"(condition
+ a or k
  + any of
    - a
      - all of
        + b: 1 <1>
        - c: 2 <nothing>
      - d|fieldref: 'e' <["x","y"] and "z">
    + k
      + any value: 'word', 'other' <"a word">
)");
}

TEST(sigma_explain, says_that_a_rule_is_for_other_logs) {
  const sigma_rule_ptr rule = sigma_rule_of(
      std::string{"title: t\nlogsource: {product: windows, service: security}\n"} + selection);
  EXPECT_EQ(explained(*rule, "{}"),
            "log source\n- a rule for product windows, service security <product aws, service "
            "cloudtrail>\n");
}

}  // namespace
}  // namespace trailbell::test
