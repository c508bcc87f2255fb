// Correlations that are refused, each with its place.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/correlated.hpp"
#include "unit/detect/rule_cases.hpp"

namespace trailbell::detect {
namespace {

using test::rule_for;

// A correlation behind two rules; its document begins in line 1 of c.yml.
std::string wrong_with(const std::string& correlation) {
  return problems_of({{"a.yml", rule_for("A")},
                      {"b.yml", rule_for("B")},
                      {"c.yml", "title: t\nname: c\n" + correlation}});
}

std::string wrong_within(const std::string& within) {
  return wrong_with("correlation:\n" + within);
}

constexpr const char* sound =
    "  type: event_count\n  rules: [A]\n  timespan: 1m\n  condition: {gte: 2}\n";

std::string with(const std::string& from, const std::string& to) {
  std::string text = sound;
  return wrong_within(text.replace(text.find(from), from.size(), to));
}

TEST(sigma_references, a_sound_correlation_loads_whatever_the_order_of_the_files) {
  EXPECT_EQ(wrong_within(sound), "");
  EXPECT_EQ(problems_of({{"c.yml", std::string{"title: t\ncorrelation:\n"} + sound},
                         {"z.yml", rule_for("A")}}),
            "");
}

TEST(sigma_references, an_unknown_rule_is_named_with_the_nearest_known) {
  EXPECT_EQ(
      problems_of({{"a.yml", "id: failed-login\n" + rule_for("logins")},
                   {"c.yml", std::string{"title: t\ncorrelation:\n  type: temporal\n"} +
                                 "  rules: [login, failed-logn, nothing-like-it]\n"
                                 "  timespan: 1m\n"}}),
      "c.yml:4:11: no rule is called 'login'; did you mean 'logins'?\n"
      "c.yml:4:18: no rule is called 'failed-logn'; did you mean 'failed-login'?\n"
      "c.yml:4:31: no rule is called 'nothing-like-it'; give its id or its name, and name its "
      "file too\n");
}

TEST(sigma_references, what_is_wrong_in_a_correlation_hides_no_unknown_rule) {
  EXPECT_EQ(wrong_within("  {type: temporal, rules: [A, Bee], timespan: soon}\n"),
            "c.yml:4:31: no rule is called 'Bee'; did you mean 'B'?\n"
            "c.yml:4:47: 'timespan' is no length of time; write a whole number and s, m, h or d, "
            "such as 10m; at most 3650d\n");
  EXPECT_EQ(problems_of({{"a.yml", rule_for("A")},
                         {"c.yml",
                          "title: t\nname: inner\ncorrelation: {type: temporal, rules: [A], "
                          "timespan: 0s}\n---\ntitle: t\ncorrelation: {type: temporal, "
                          "rules: [inner], timespan: 1m}\n"}}),
            "c.yml:3:53: 'timespan' is no length of time; write a whole number and s, m, h or d, "
            "such as 10m; at most 3650d\n")
      << "a correlation about one that is wrong has no fault";
}

TEST(sigma_references, a_name_of_two_rules_is_refused_where_it_is_used) {
  EXPECT_EQ(problems_of({{"a.yml", "id: a1\n" + rule_for("A")},
                         {"b.yml", "id: a2\n" + rule_for("A")},
                         {"c.yml", std::string{"title: t\ncorrelation:\n"} + sound}}),
            "c.yml:4:11: two rules are called 'A'; a.yml:1 and b.yml:1; refer to the id\n");
  EXPECT_EQ(
      problems_of({{"a.yml", "id: a1\n" + rule_for("A")}, {"b.yml", "id: a2\n" + rule_for("A")}}),
      "")
      << "nobody refers to it";
}

TEST(sigma_references, a_rule_that_cannot_be_read_is_no_unknown_rule) {
  EXPECT_EQ(problems_of({{"a.yml", "title: t\nname: A\ndetection: {condition: s}\n"},
                         {"c.yml", std::string{"title: t\ncorrelation:\n"} + sound}})
                .find("no rule is called"),
            std::string::npos);
}

TEST(sigma_references, a_rule_by_its_id_and_by_its_name_is_named_twice) {
  EXPECT_EQ(problems_of({{"a.yml", "id: a1\n" + rule_for("A")},
                         {"c.yml",
                          "title: t\ncorrelation: {type: temporal, rules: [A, a1], "
                          "timespan: 1m}\n"}}),
            "c.yml:2:42: 'a1' is named twice; by its id and by its name; keep one\n");
}

TEST(sigma_references, a_circle_is_refused) {
  const auto about = [](const std::string& name, const std::string& rule) {
    return "title: t\nname: " + name + "\ncorrelation: {type: event_count, rules: [" + rule +
           "], timespan: 1m, condition: {gte: 2}}\n";
  };
  EXPECT_EQ(problems_of({{"c.yml", about("x", "x")}}),
            "c.yml:3:42: 'x' is about this correlation, so that the two wait for each other; take "
            "one of the references out\n");
  const std::string three = problems_of(
      {{"c.yml", about("x", "y") + "---\n" + about("y", "z") + "---\n" + about("z", "x")}});
  EXPECT_EQ(three,
            "c.yml:11:42: 'x' is about this correlation, so that the two wait for each other; take "
            "one of the references out\n");
}

TEST(sigma_references, figures_that_rise_and_fall_are_refused_by_name) {
  for (const char* const type : {"value_sum", "value_avg", "value_percentile"}) {
    EXPECT_EQ(with("event_count", type),
              "c.yml:4:9: '" + std::string{type} +
                  "' rises and falls while records come, and the specification does not say at "
                  "which moment it counts; count with event_count or value_count\n");
  }
  EXPECT_EQ(with("event_count", "event_cuont"),
            "c.yml:4:9: 'event_cuont' is no type of a correlation; did you mean 'event_count'?\n");
}

TEST(sigma_references, a_condition_that_no_stream_can_show_is_refused) {
  const std::string never =
      "c.yml:7:14: a condition that holds where nothing was seen too: of groups that never come no "
      "stream can tell; add gte: 1, or the lowest count that matters\n";
  for (const char* const condition : {"{lt: 5}", "{lte: 5}", "{eq: 0}", "{gte: 0}", "{}"}) {
    EXPECT_EQ(with("{gte: 2}", condition), never) << condition;
  }
  EXPECT_EQ(with("{gte: 2}", "{neq: 5}"),
            "c.yml:7:15: 'neq' holds while records still come and when none do, so that no moment "
            "decides it; write the lowest count that matters with gte\n");
  EXPECT_EQ(with("{gte: 2}", "{gte: 5, lt: 5}"),
            "c.yml:7:14: no count is at least 5 and at most 4; write the lower bound with gte, the "
            "upper one with lte\n");
  EXPECT_EQ(with("{gte: 2}", "{gte: 2, lt: 0}"),
            "c.yml:7:27: no count is less than 0; write lte: and the highest count\n");
  EXPECT_EQ(with("{gte: 2}", "{gt: 1, gte: 5}"),
            "c.yml:7:22: 'gte' beside another bound of the same side; keep one\n");
  EXPECT_EQ(with("{gte: 2}", "{eq: 1, lt: 5}"),
            "c.yml:7:22: 'lt' beside another bound of the same side; keep one\n");
  EXPECT_EQ(with("{gte: 2}", "{gte: many}"),
            "c.yml:7:20: 'gte' is a whole number from 0 to 1000000; write such a number\n");
  EXPECT_EQ(
      with("{gte: 2}", "A and B"),
      "c.yml:7:14: a condition in words, which Sigma 2.1.0 does not have; write a mapping such "
      "as {gte: 3}; without a condition all rules have to match\n");
  EXPECT_EQ(with("{gte: 2}", "{gte: 2, field: x}"),
            "c.yml:7:30: 'field' counts values, and this counts none; write type: value_count\n");
  EXPECT_EQ(with("event_count", "value_count"),
            "c.yml:7:14: a condition without 'field'; add it\n");
  EXPECT_EQ(with("event_count", "temporal"),
            "c.yml:7:14: a count of 2 rules, and 'rules' has 1; name more rules, or leave the "
            "condition out: then all of them have to match\n");
  EXPECT_EQ(wrong_within("  {type: temporal_ordered, rules: [A, B], timespan: 1m, condition: "
                         "{gte: 1}}\n"),
            "c.yml:4:68: only all rules can come in order; leave the condition out, or write gte: "
            "2\n");
}

TEST(sigma_references, what_is_missing_or_of_another_type_is_named) {
  EXPECT_EQ(with("1m", "soon"),
            "c.yml:6:13: 'timespan' is no length of time; write a whole number and s, m, h or d, "
            "such as 10m; at most 3650d\n");
  EXPECT_EQ(with("  timespan: 1m\n", ""), "c.yml:4:3: a correlation without 'timespan'; add it\n");
  EXPECT_EQ(with("[A]", "[A, A]"), "c.yml:5:14: 'A' stands in 'rules' twice; keep one\n");
  EXPECT_EQ(with("[A]", "[]"), "c.yml:5:10: 'rules' is empty; name one\n");
  EXPECT_EQ(with("timespan", "group-by: []\n  timespan"),
            "c.yml:6:13: 'group-by' is empty; name one, or leave the key out\n");
  EXPECT_EQ(with("timespan", "group_by: [x]\n  timespan"),
            "c.yml:6:3: unknown key 'group_by'; did you mean 'group-by'?\n");
  EXPECT_EQ(
      wrong_with("tests: []\ncorrelation:\n" + std::string{sound}),
      "c.yml:3:1: 'tests' beside 'correlation'; write it in a document of its own, for one of "
      "the rules\n");
  EXPECT_EQ(wrong_with("generate: true\ncorrelation:\n  generate: true\n" + std::string{sound}),
            "c.yml:3:1: 'generate' stands here and within 'correlation'; keep one\n");
  EXPECT_EQ(wrong_with("level: hihg\ncorrelation:\n" + std::string{sound}),
            "c.yml:3:8: 'hihg' is no level; did you mean 'high'?\n");
}

TEST(sigma_references, an_alias_is_for_every_rule_and_for_no_other) {
  const auto aliased = [](const std::string& aliases) {
    return wrong_within("  type: temporal\n  rules: [A, B]\n  timespan: 1m\n  group-by: [who]\n" +
                        aliases);
  };
  EXPECT_EQ(aliased("  aliases: {who: {A: x, B: y}}\n"), "");
  EXPECT_EQ(aliased("  aliases: {who: {A: x}}\n"),
            "c.yml:8:13: the alias 'who' says nothing of the rule 'B'; add its field\n");
  EXPECT_EQ(aliased("  aliases: {who: {A: x, B: y, C: z}}\n"),
            "c.yml:8:31: 'C' is none of the correlation's 'rules'; did you mean 'A'?\n");
  EXPECT_EQ(aliased("  aliases: {who: x}\n"),
            "c.yml:8:18: an alias is a mapping, and here stands a text; write 'alias: {rule: "
            "field}'\n");
}

TEST(sigma_references, a_chain_has_only_the_values_by_which_the_inner_rule_groups) {
  const auto chained = [](const std::string& inner, const std::string& outer) {
    return problems_of(
        {{"a.yml", rule_for("A")},
         {"c.yml",
          "title: t\nname: c\ncorrelation: {type: event_count, rules: [A], timespan: 1m, " + inner +
              "}\n---\ntitle: t\nname: d\ncorrelation:\n  {type: event_count, " +
              "rules: [c], timespan: 1m, condition: {gte: 2}, " + outer + "}\n"}});
  };
  EXPECT_EQ(chained("group-by: [u, ip], condition: {gte: 2}", "group-by: [ip]"), "");
  EXPECT_EQ(chained("group-by: [host], condition: {gte: 2}", "group-by: [user]"),
            "c.yml:8:81: an alert of 'c' stands for several records, which have no one value of "
            "'user': it groups by host; group by it there too, or take it out here\n");
  EXPECT_EQ(chained("condition: {eq: 2}", "generate: true"),
            "c.yml:8:31: 'c' is judged when its timespan is over, too late to count for another; "
            "refer to a correlation whose condition has no upper bound\n");
}

}  // namespace
}  // namespace trailbell::detect
