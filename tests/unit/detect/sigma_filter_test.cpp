// Sigma filters: what they leave of the rules that they are for, and what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trailbell/decode/json_reader.hpp"
#include "unit/detect/rule_cases.hpp"

namespace trailbell::detect {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* stop_id = "6f3e2987-db24-4c78-a860-b4f4095a7095";

const std::string stop_rule = R"(title: Stopped
id: 6f3e2987-db24-4c78-a860-b4f4095a7095
name: trail_off
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventName: [StopLogging, DeleteTrail]}
  condition: selection
---
title: Started
id: start
logsource: {product: aws, service: cloudtrail}
detection:
  selection: {eventName: StartLogging}
  condition: selection
)";

std::string filter(const std::string& rules, const std::string& body = "",
                   const std::string& source = "{product: aws, service: cloudtrail}") {
  return "title: Administrators\nlogsource: " + source + "\nfilter:\n  rules: " + rules + "\n" +
         (body.empty() ? "  selection: {user|startswith: adm_}\n  condition: not selection\n"
                       : body);
}

std::vector<loaded_rule> loaded(const std::vector<rule_text>& files) {
  auto rules = load_rules(files);
  EXPECT_TRUE(rules.ok()) << problems_of(files);
  return rules ? std::move(rules.value()) : std::vector<loaded_rule>{};
}

bool holds(const loaded_rule& rule, std::string_view record) {
  decode::json_reader reader;
  json_tree tree;
  EXPECT_TRUE(reader.read(record, tree));
  return rule.rule->evaluate({{}, &tree}).has_value();
}

constexpr std::string_view by_admin = R"({"eventName":"StopLogging","user":"adm_x"})";
constexpr std::string_view by_other = R"({"eventName":"StopLogging","user":"bob"})";

TEST(sigma_filter, is_joined_by_and_as_it_is_written) {
  const auto rules = loaded({{"r.yml", stop_rule}, {"f.yml", filter(stop_id)}});
  ASSERT_EQ(rules.size(), 2U);
  EXPECT_FALSE(holds(rules[0], by_admin));
  EXPECT_TRUE(holds(rules[0], by_other));
  EXPECT_FALSE(holds(rules[0], R"({"eventName":"Other","user":"bob"})"));
  const auto kept = loaded({{"r.yml", stop_rule},
                            {"f.yml", filter("[trail_off]",
                                             "  selection: {user|startswith: adm_}\n"
                                             "  condition: selection\n")}});
  EXPECT_TRUE(holds(kept[0], by_admin));
  EXPECT_FALSE(holds(kept[0], by_other));
}

TEST(sigma_filter, works_whatever_the_order_of_the_files) {
  EXPECT_FALSE(
      holds(loaded({{"f.yml", filter("[start, trail_off]")}, {"r.yml", stop_rule}})[0], by_admin));
  EXPECT_FALSE(holds(loaded({{"r.yml", filter("trail_off") + "---\n" + stop_rule}})[0], by_admin));
}

TEST(sigma_filter, finds_a_rule_by_its_id_in_any_case_or_by_its_name) {
  for (const char* const reference : {stop_id, "6F3E2987-DB24-4C78-A860-B4F4095A7095",
                                      "[start, trail_off]", "any", "ANY", "[]"}) {
    const auto rules = loaded({{"r.yml", stop_rule}, {"f.yml", filter(reference)}});
    EXPECT_FALSE(holds(rules.at(0), by_admin)) << reference;
  }
  const auto other = loaded({{"r.yml", stop_rule}, {"f.yml", filter("start")}});
  EXPECT_TRUE(holds(other[0], by_admin));
  EXPECT_TRUE(other[0].filters.empty());
  ASSERT_EQ(other[1].filters.size(), 1U);
  EXPECT_EQ(other[1].filters[0].title, "Administrators");
  EXPECT_EQ(other[1].filters[0].path, "f.yml");
}

TEST(sigma_filter, has_names_of_its_own) {
  const auto rules = loaded({{"r.yml", stop_rule},
                             {"f.yml", filter("any",
                                              "  selection: {user: a}\n  selection_2: {user: b}\n"
                                              "  _aside: {user: c}\n"
                                              "  condition: not 1 of selection* and not _aside\n")},
                             {"g.yml", filter("any",
                                              "  x: {user: d}\n  _y: {user: e}\n"
                                              "  condition: not 1 of them\n")}});
  ASSERT_EQ(rules[0].filters.size(), 2U);
  for (const char* const user : {"a", "b", "c", "d"}) {
    EXPECT_FALSE(
        holds(rules[0], R"({"eventName":"DeleteTrail","user":")" + std::string{user} + R"("})"))
        << user;
  }
  EXPECT_TRUE(holds(rules[0], R"({"eventName":"DeleteTrail","user":"e"})"));
}

TEST(sigma_filter, is_put_on_a_rule_once) {
  const auto rules = loaded(
      {{"r.yml", stop_rule}, {"f.yml", filter("[trail_off, " + std::string{stop_id} + "]")}});
  EXPECT_EQ(rules[0].filters.size(), 1U);
}

TEST(sigma_filter, is_for_rules_whose_log_source_says_as_much) {
  const auto narrowed = [](const std::string& source) {
    return loaded({{"r.yml", stop_rule}, {"f.yml", filter("any", "", source)}})[0].filters.size();
  };
  EXPECT_EQ(narrowed("{product: aws}"), 1U);
  EXPECT_EQ(narrowed("{}"), 1U);
  EXPECT_EQ(narrowed("{product: AWS, service: CloudTrail}"), 1U);
  EXPECT_EQ(narrowed("{product: windows, category: process_creation}"), 0U);
}

TEST(sigma_filter, for_other_logs_may_name_rules_that_are_not_here) {
  EXPECT_EQ(
      problems_of({{"r.yml", stop_rule}, {"f.yml", filter("[rar_exe]", "", "{product: windows}")}}),
      "");
}

TEST(sigma_filter, leaves_what_a_rule_needs_and_its_tests_see_it) {
  const std::string tests =
      "tests:\n- {name: n, match: true, record: {eventName: StartLogging, user: adm_1}}\n";
  const auto plain = loaded({{"r.yml", stop_rule + tests}});
  const auto rules = loaded({{"r.yml", stop_rule + tests}, {"f.yml", filter("any")}});
  EXPECT_EQ(rules[1].rule->needs().literals, plain[1].rule->needs().literals);
  EXPECT_EQ(failure_of(*plain[1].rule, plain[1].tests.at(0), {}), "");
  EXPECT_EQ(failure_of(*rules[1].rule, rules[1].tests.at(0), {}), "it does not match, and should");
}

TEST(sigma_filter, is_explained_beside_the_rule) {
  const auto rules = loaded({{"r.yml", stop_rule}, {"f.yml", filter("any")}});
  decode::json_reader reader;
  json_tree tree;
  ASSERT_TRUE(reader.read(by_admin, tree));
  const auto conditions = rules[0].rule->explain({{}, &tree});
  ASSERT_EQ(conditions.size(), 2U);
  EXPECT_EQ(conditions[0].parts[0].outcome, part_outcome::holds);
  EXPECT_EQ(conditions[1].purpose, "filter 'Administrators'");
  EXPECT_EQ(conditions[1].parts[0].outcome, part_outcome::fails);
  EXPECT_EQ(conditions[1].parts[0].part, "not selection");
}

TEST(sigma_filter, names_the_rule_that_it_may_have_meant) {
  const auto wrong = [](const std::string& rules, const std::string& source = "{product: aws}") {
    return problems_of({{"r.yml", stop_rule}, {"f.yml", filter(rules, "", source)}});
  };
  EXPECT_EQ(wrong("[trial_off, start]"),
            "f.yml:4:11: no rule has the id or name 'trial_off'; did you mean 'trail_off'?\n");
  EXPECT_EQ(
      wrong("all"),
      "f.yml:4:10: no rule has the id or name 'all'; load that rule too, or remove it here\n");
  EXPECT_EQ(
      wrong("start", "{product: aws, service: cloudtrail, category: x}"),
      "f.yml:4:10: 'start' is a rule for other logs; the filter's logsource has to be product "
      "aws, service cloudtrail, or a part of it\n");
}

TEST(sigma_filter, for_no_rule_is_refused) {
  EXPECT_EQ(problems_of({{"f.yml", filter("any")}}),
            "f.yml:1:1: a filter for no rule: the log source of none fits its own; load the rules "
            "that it is for, correct 'logsource', or remove it\n");
  EXPECT_THAT(
      problems_of({{"f.yml", filter("p")},
                   {"p.yml", "id: p\ntitle: t\npattern: '{ $.a = 1 }'\nseverity: low\n"}}),
      HasSubstr("f.yml:4:10: 'p' is a rule of the kind 'pattern', which no filter works on"));
}

TEST(sigma_filter, of_a_rule_that_is_wrong_itself_has_no_fault) {
  std::string broken = stop_rule;
  broken.replace(broken.find("condition: selection"), 20, "condition: selektion");
  EXPECT_EQ(problems_of({{"r.yml", broken}, {"f.yml", filter("trail_off")}}),
            "r.yml:7:14: no selection has the name 'selektion'; did you mean 'selection'?\n");
}

TEST(sigma_filter, is_refused_with_all_its_faults) {
  const auto wrong = [](const std::string& text) {
    return problems_of({{"r.yml", stop_rule}, {"f.yml", text}});
  };
  EXPECT_EQ(wrong("title: t\nfilter: x\nlogsource: {}\n"),
            "f.yml:2:9: 'filter' is a mapping, and here stands a text; write selections and a "
            "condition below it\n");
  const std::string all = wrong("filter:\n  s: {a|contian: b}\n  condition: [s, t]\n");
  EXPECT_THAT(all, HasSubstr("f.yml:1:1: a Sigma filter without a title; add it\n"));
  EXPECT_THAT(all, HasSubstr("f.yml:1:1: a Sigma filter without 'logsource'"));
  EXPECT_THAT(all, HasSubstr("f.yml:2:3: a filter without 'rules'"));
  EXPECT_THAT(all, HasSubstr("f.yml:2:9: unknown modifier 'contian'"));
  EXPECT_THAT(all, HasSubstr("f.yml:3:14: a filter has one condition"));
  EXPECT_THAT(all, HasSubstr("f.yml:3:18: no selection has the name 't'"));
  EXPECT_THAT(wrong(filter("[5, {a: b}]")), HasSubstr("f.yml:4:14: a filter's rule is a text"));
  EXPECT_THAT(wrong(filter("any", "  s: {a: 1}\n  t: {a: 2}\n  condition: not s\n")),
              HasSubstr("f.yml:6:3: the condition does not ask for the selection 't'"));
  EXPECT_THAT(wrong(filter("any", "  condition: not s\n")),
              HasSubstr("f.yml:4:3: a filter without a selection"));
  EXPECT_THAT(wrong(filter("any") + "detection: {s: {a: 1}, condition: s}\n"),
              HasSubstr("f.yml:7:1: 'detection' beside 'filter'; make two documents of them"));
}

}  // namespace
}  // namespace trailbell::detect
