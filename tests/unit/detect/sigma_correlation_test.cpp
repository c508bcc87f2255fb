#include "trailbell/detect/sigma_correlation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/correlated.hpp"

namespace trailbell::detect {
namespace {

using test::correlated;
using test::correlations;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// ---- event_count
// ---------------------------------------------------------------------------------

TEST(event_count, counts_the_records_of_all_its_rules) {
  correlated c{
      correlations({"  type: event_count\n  rules: [A, B]\n  timespan: 1m\n"
                    "  condition: {gt: 2}\n"})};
  c.add(0, "A", "1");
  c.add(1, "B", "2");
  c.add(2, "C", "no");
  c.add(60, "B", "3");
  EXPECT_THAT(c.finished(), ElementsAre("c1 3: 1 2 3"));
  EXPECT_EQ(c.due()[0].level, severity::high);
}

TEST(event_count, groups_are_apart_and_what_a_record_lacks_is_a_group_too) {
  correlated c{
      correlations({"  type: event_count\n  rules: [A]\n  timespan: 1m\n"
                    "  group-by: [u.arn, ip]\n  condition: {gte: 2}\n"})};
  c.add(0, "A", "1", R"("u":{"arn":"x"},"ip":1)");
  c.add(1, "A", "2", R"("u":{"arn":"x"},"ip":2)");
  c.add(2, "A", "3", R"("u":{"arn":"x"})");
  c.add(3, "A", "4", R"("u":{"arn":"x"},"ip":null)");
  c.add(4, "A", "5", R"("u":{"arn":"x"},"ip":2)");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 3 4", "c1 2: 2 5"));
  EXPECT_THAT(c.due()[0].burst->group,
              ElementsAre(std::pair{"u.arn", "\"x\""}, std::pair{"ip", "null"}));
}

TEST(event_count, a_list_is_one_value_of_a_group_whatever_its_order) {
  correlated c{
      correlations({"  type: event_count\n  rules: [A]\n  timespan: 1m\n"
                    "  group-by: [r.id]\n  condition: {gte: 2}\n"})};
  c.add(0, "A", "1", R"("r":[{"id":"x"},{"id":"y"}])");
  c.add(1, "A", "2", R"("r":{"id":"x"})");
  c.add(2, "A", "3", R"("r":[{"id":"y"},{"id":"x"},{"id":"x"}])");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1 3"));
  EXPECT_EQ(c.due()[0].burst->group[0].second, R"(["x","y"])");
}

TEST(event_count, counts_what_filters_leave_of_its_rules) {
  correlated c{correlations({"  type: event_count\n  rules: [A]\n  timespan: 1m\n"
                             "  condition: {gte: 2}\n"}) +
               "---\ntitle: t\nlogsource: {}\n"
               "filter: {rules: [A], s: {u: backup}, condition: not s}\n"};
  c.add(0, "A", "1");
  c.add(1, "A", "2", R"("u":"backup")");
  c.add(2, "A", "3");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1 3"));
}

// ---- an upper bound
// ------------------------------------------------------------------------------

TEST(upper_bound, is_judged_when_the_timespan_is_over) {
  const std::string two = "  {type: event_count, rules: [A], timespan: 10s, condition: {eq: 2}}\n";
  correlated c{correlations({two})};
  for (const int second : {0, 10, 11, 12, 21, 100, 105}) {
    c.add(second, "A", std::to_string(second));
  }
  // 0 and 10; 11, 12 and 21; 100 and 105.
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 0 10", "c1 2: 100 105"));
  EXPECT_EQ(c.due()[0].event_id, "10");
  EXPECT_EQ(c.due()[0].fingerprint, "f0");
  EXPECT_TRUE(c.due()[0].burst->only_finding);
}

TEST(upper_bound, a_later_record_of_any_group_shows_that_it_is_over) {
  correlated c{
      correlations({"  type: event_count\n  rules: [A]\n  timespan: 10s\n"
                    "  group-by: [g]\n  condition: {gte: 2, lt: 4}\n"})};
  c.add(0, "A", "1", "\"g\":1");
  c.add(5, "A", "2", "\"g\":1");
  c.add(2000, "A", "3", "\"g\":2");
  EXPECT_THAT(c.shown(), IsEmpty()) << "an earlier one may still come";
  c.add(4000, "A", "4", "\"g\":2");
  EXPECT_THAT(c.shown(), ElementsAre("c1 2: 1 2"));
}

TEST(upper_bound, counts_distinct_values_and_rules_as_well) {
  correlated c{correlations(
      {"  {type: value_count, rules: [A], timespan: 10s, condition: {field: v, eq: 2}}\n",
       "  {type: temporal, rules: [A, B, C], timespan: 10s, condition: {eq: 2}}\n"})};
  c.add(0, "A", "1", "\"v\":1");
  c.add(1, "A", "2", "\"v\":1");
  c.add(2, "A", "3", "\"v\":2");
  c.add(3, "B", "4");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1 2 3", "c2 2: 1 2 3 4"));
  c.add(100, "A", "1");
  c.add(101, "B", "1");
  c.add(102, "C", "1");
  EXPECT_EQ(c.finished().size(), 2U) << "three rules are not two";
}

// ---- value_count
// ---------------------------------------------------------------------------------

TEST(value_count, counts_distinct_values) {
  correlated c{
      correlations({"  type: value_count\n  rules: [A]\n  timespan: 10s\n"
                    "  condition: {field: ip, gte: 3}\n"})};
  c.add(0, "A", "gone", R"("ip":"x")");
  c.add(0, "A", "gone", R"("ip":"a")");
  c.add(2, "A", "1", R"("ip":"a")");
  c.add(4, "A", "3", R"("ip":"a")");
  c.add(5, "A", "none");
  c.add(6, "A", "null", R"("ip":null)");
  c.add(11, "A", "2", R"("ip":"b")");
  c.add(12, "A", "4", R"("ip":"c")");
  EXPECT_THAT(c.finished(), ElementsAre("c1 3: 1 3 2 4"));
}

TEST(value_count, each_element_of_a_list_is_a_value_and_a_record_fires_once) {
  correlated c{
      correlations({"  type: value_count\n  rules: [A]\n  timespan: 10s\n"
                    "  condition: {field: ids, gte: 2}\n"})};
  c.add(0, "A", "1", R"("ids":["a","b","c","d","e"])");
  EXPECT_THAT(c.finished(), ElementsAre("c1 5: 1"));
}

TEST(value_count, of_several_fields_counts_combinations) {
  correlated c{
      correlations({"  type: value_count\n  rules: [A]\n  timespan: 10s\n"
                    "  condition: {field: [x, y], gte: 3}\n"})};
  c.add(0, "A", "1", R"("x":1,"y":1)");
  c.add(1, "A", "2", R"("x":1,"y":2)");
  c.add(2, "A", "3", R"("x":1,"y":1)");
  c.add(3, "A", "no", R"("x":3)");
  c.add(4, "A", "4", R"("x":2,"y":1)");
  EXPECT_THAT(c.finished(), ElementsAre("c1 3: 1 2 3 4"));
}

// ---- temporal
// ------------------------------------------------------------------------------------

TEST(temporal, all_rules_within_the_timespan_in_any_order) {
  correlated c{correlations({"  {type: temporal, rules: [A, B, C], timespan: 10s}\n"})};
  c.add(0, "B", "out");
  c.add(1, "C", "1");
  c.add(2, "C", "2");
  c.add(11, "A", "3");
  c.add(11, "B", "4");
  EXPECT_THAT(c.finished(), ElementsAre("c1 3: 1 2 3 4"));
}

TEST(temporal, a_condition_says_how_many_rules_are_enough) {
  correlated c{
      correlations({"  {type: temporal, rules: [A, B, C], timespan: 10s, condition: {gte: 2}}\n"})};
  c.add(0, "A", "1");
  c.add(1, "A", "2");
  c.add(2, "C", "3");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1 2 3"));
}

TEST(temporal_ordered, the_rules_in_their_order_with_others_between) {
  correlated c{correlations({"  {type: temporal_ordered, rules: [A, B, C], timespan: 10s}\n"})};
  for (const auto& [second, name] : {std::pair{0, "C"}, std::pair{1, "B"}, std::pair{2, "A"},
                                     std::pair{3, "C"}, std::pair{4, "B"}, std::pair{5, "A"}}) {
    c.add(second, name, std::to_string(second));
  }
  EXPECT_THAT(c.finished(), IsEmpty());
  c.add(12, "C", "12");
  EXPECT_THAT(c.finished(), ElementsAre("c1 3: 2 3 4 5 12"));
}

TEST(temporal_ordered, a_sequence_that_is_too_long_is_none_however_near_its_end_is) {
  correlated c{correlations({"  {type: temporal_ordered, rules: [A, B, C], timespan: 10s}\n"})};
  c.add(0, "A", "1");
  c.add(10, "B", "2");
  c.add(11, "C", "3");
  EXPECT_THAT(c.finished(), IsEmpty());
}

TEST(temporal_ordered, of_equal_times_the_order_of_the_input_counts) {
  for (const bool in_order : {true, false}) {
    correlated c{correlations({"  {type: temporal_ordered, rules: [A, B], timespan: 10s}\n"})};
    c.add(0, in_order ? "A" : "B", "1");
    c.add(0, in_order ? "B" : "A", "2");
    EXPECT_EQ(c.finished().size(), in_order ? 1U : 0U);
  }
}

TEST(temporal_ordered, what_came_late_is_put_in_its_place) {
  correlated c{correlations({"  {type: temporal_ordered, rules: [A, B, C], timespan: 10s}\n"})};
  c.add(10'000, "D", "ignored");
  c.add(10'000, "A", "new");  // all others come too late to be put in order
  c.add(3, "C", "3");
  c.add(1, "A", "1");
  c.add(2, "B", "2");
  EXPECT_THAT(c.finished(), ElementsAre("c1 3: 1 2 3"));
}

// ---- aliases
// -------------------------------------------------------------------------------------

TEST(aliases, name_another_field_for_each_rule) {
  correlated c{
      correlations({"  type: temporal\n  rules: [A, B]\n  timespan: 10s\n"
                    "  group-by: [who]\n"
                    "  aliases: {who: {A: userName, B: request.user}}\n"})};
  c.add(0, "A", "1", R"("userName":"eve","request":{"user":"bob"})");
  c.add(1, "B", "2", R"("userName":"eve","request":{"user":"bob"})");
  EXPECT_THAT(c.finished(), IsEmpty());
  c.add(2, "B", "3", R"("request":{"user":"eve"})");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1 3"));
  EXPECT_THAT(c.due()[0].burst->group, ElementsAre(std::pair{"who", "\"eve\""}));
}

TEST(aliases, are_for_what_is_counted_too) {
  correlated c{
      correlations({"  type: value_count\n  rules: [A, B]\n  timespan: 10s\n"
                    "  condition: {field: who, gte: 2}\n"
                    "  aliases: {who: {A: x, B: y}}\n"})};
  c.add(0, "A", "1", R"("x":1,"y":2)");
  c.add(1, "B", "2", R"("x":2,"y":1)");
  EXPECT_THAT(c.finished(), IsEmpty());
  c.add(2, "B", "3", R"("y":2)");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1 2 3"));
}

// ---- chains
// --------------------------------------------------------------------------------------

std::string many_then_one(const char* generate) {
  return correlations(
      {"  type: event_count\n  rules: [A]\n  timespan: 10s\n  group-by: [u, ip]\n"
       "  condition: {gte: 3}\n",
       std::string{"  type: temporal_ordered\n  rules: [c1, B]\n  timespan: 1m\n"} +
           "  group-by: [u]\n" + generate});
}

TEST(chain, an_alert_of_one_correlation_counts_for_another) {
  correlated c{many_then_one("")};
  for (int i = 0; i < 3; ++i) {
    c.add(i, "A", std::to_string(i), R"("u":"eve","ip":1)");
  }
  c.add(30, "B", "bob", R"("u":"bob")");
  c.add(40, "B", "eve", R"("u":"eve","ip":2)");
  EXPECT_THAT(c.finished(), ElementsAre("c2 2: 0 1 2 eve")) << "the inner one is silent";
  EXPECT_EQ(c.due()[0].burst->from, "2026-01-01T00:00:00Z");
  EXPECT_EQ(c.due()[0].fingerprint, "f1");
}

TEST(chain, generate_makes_alerts_of_the_inner_one_too) {
  correlated c{many_then_one("  generate: true\n")};
  for (int i = 0; i < 3; ++i) {
    c.add(i, "A", std::to_string(i), R"("u":"eve","ip":1)");
  }
  c.add(40, "B", "eve", R"("u":"eve","ip":2)");
  EXPECT_THAT(c.finished(), ElementsAre("c1 3: 0 1 2", "c2 2: 0 1 2 eve"));
}

TEST(chain, an_inner_alert_is_no_earlier_than_its_last_record) {
  correlated c{many_then_one("")};
  c.add(0, "A", "0", R"("u":"eve","ip":1)");
  c.add(1, "B", "eve", R"("u":"eve","ip":2)");
  c.add(2, "A", "2", R"("u":"eve","ip":1)");
  c.add(3, "A", "3", R"("u":"eve","ip":1)");
  EXPECT_THAT(c.finished(), IsEmpty());
}

TEST(chain, a_threshold_may_be_its_beginning) {
  correlated c{
      "id: burst\ntitle: t\npattern: '{ $.eventName = A }'\nseverity: low\n"
      "threshold: {count: 2, window: 10s, group_by: [$.u.name]}\n---\n" +
      test::rule_for("B") +
      "---\ntitle: t\nname: c1\ncorrelation: {type: temporal, rules: [burst, B], timespan: 1m, "
      "group-by: [u.name]}\n"};
  c.add(0, "A", "1", R"("u":{"name":"eve"})");
  c.add(1, "B", "2", R"("u":{"name":"eve"})");
  EXPECT_THAT(c.finished(), IsEmpty());
  c.add(2, "A", "3", R"("u":{"name":"eve"})");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 2 1 3")) << "the burst is as new as its last record";
}

// ---- generate
// ------------------------------------------------------------------------------------

TEST(generate, decides_whether_the_rules_alert_by_themselves) {
  const auto plan_of = [](const std::string& first, const std::string& second) {
    return correlated{
        correlations({"  {type: temporal, rules: [A, B], timespan: 10s" + first + "}\n",
                      "  {type: temporal, rules: [B, C], timespan: 10s" + second + "}\n"})};
  };
  const auto alone = [](const correlated& c) {
    std::string names;
    for (std::uint32_t i = 0; i < 4; ++i) {
      names += c.plan().of(i).alone ? std::string(1, static_cast<char>('A' + i)) : "";
    }
    return names;
  };
  EXPECT_EQ(alone(plan_of("", "")), "D");
  EXPECT_EQ(alone(plan_of("", ", generate: true")), "BCD");
  EXPECT_EQ(alone(plan_of(", generate: true", ", generate: false")), "ABD");
}

// ---- what a rule says of itself
// ------------------------------------------------------------------

TEST(sigma_correlation, says_what_it_does) {
  const auto summary_of = [](const std::string& within) {
    const auto loaded = load_rules({{"r.yaml", correlations({within})}});
    return loaded ? dynamic_cast<const sigma_correlation&>(*loaded.value().back().rule).summary()
                  : loaded.failure().all.front().message();
  };
  EXPECT_EQ(summary_of("  {type: event_count, rules: [A], timespan: 60m, group-by: [a.b, c],"
                       " condition: {gte: 5}}\n"),
            "event_count of 5 or more within 1h, by a.b, c");
  EXPECT_EQ(summary_of("  {type: value_count, rules: [A], timespan: 90s,"
                       " condition: {field: [x, y], gt: 1, lte: 5}}\n"),
            "value_count of 2 to 5 values of x, y within 90s");
  EXPECT_EQ(summary_of("  {type: temporal, rules: [A, B], timespan: 2d, condition: {eq: 2}}\n"),
            "temporal of 2 or more within 2d");
}

TEST(sigma_correlation, needs_nothing_of_a_record_and_never_holds_for_one) {
  const auto loaded =
      load_rules({{"r.yaml", correlations({"  {type: temporal, rules: [A, B], timespan: 1d}\n"})}});
  ASSERT_TRUE(loaded.ok());
  const compiled_rule& rule = *loaded.value().back().rule;
  EXPECT_FALSE(parses_every_record(rule));
  EXPECT_EQ(rule.kind(), "correlation");
  decode::json_reader reader;
  json_tree tree;
  ASSERT_TRUE(reader.read(R"({"eventName":"B"})", tree));
  EXPECT_FALSE(rule.evaluate({{}, &tree}).has_value());
  const std::vector<explained_condition> shown = rule.explain({{}, &tree});
  ASSERT_EQ(shown.size(), 1U);
  ASSERT_EQ(shown[0].parts.size(), 3U);
  EXPECT_EQ(shown[0].parts[1].outcome, part_outcome::fails);
  EXPECT_EQ(shown[0].parts[2].outcome, part_outcome::holds);
  EXPECT_EQ(shown[0].parts[2].part, "B");
}

TEST(sigma_correlation, without_a_level_has_the_highest_of_its_rules) {
  const auto loaded =
      load_rules({{"r.yaml", test::rule_for("A") + "level: low\n---\n" + test::rule_for("B") +
                                 "level: critical\n---\ntitle: t\nname: c\ncorrelation: "
                                 "{type: temporal, rules: [A, B], timespan: 1d}\n"}});
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded.value().back().rule->severities().first, severity::critical);
}

}  // namespace
}  // namespace trailbell::detect
