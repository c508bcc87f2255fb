// One record that several rules of a correlation are about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/correlated.hpp"

namespace trailbell::detect {
namespace {

using test::correlated;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string two_rules_of_one_record(const std::string& type, const std::string& more = {}) {
  return test::rule_for("A") +
         "---\ntitle: t\nname: bad\ndetection: {s: {errorCode|exists: true}, condition: s}\n"
         "---\ntitle: t\nname: c1\ncorrelation: {type: " +
         type + ", rules: [A, bad], timespan: 10s" + more + "}\n";
}

TEST(event_count, a_record_for_which_two_of_the_rules_hold_counts_once) {
  correlated c{test::rule_for("A") +
               "---\ntitle: t\nname: any\ndetection: {s: {eventName: '*'}, condition: s}\n"
               "---\ntitle: t\nname: c1\ncorrelation: {type: event_count, rules: [A, any], "
               "timespan: 1m, condition: {gte: 3}}\n"};
  c.add(0, "A", "1");
  c.add(0, "A", "2");
  EXPECT_THAT(c.finished(), IsEmpty());
  c.add(0, "B", "3");
  EXPECT_THAT(c.finished(), ElementsAre("c1 3: 1 2 3"));
}

TEST(event_count, counting_begins_anew_behind_a_record_whichever_rules_hold_for_it) {
  for (const std::string type : {"event_count", "temporal"}) {
    correlated c{test::rule_for("A") +
                 "---\ntitle: t\nname: any\ndetection: {s: {eventName: '*'}, condition: s}\n"
                 "---\ntitle: t\nname: c1\ncorrelation: {type: " +
                 type + ", rules: [any, A], timespan: 1m, condition: {gte: 2}}\n"};
    c.add(0, "B", "1");
    c.add(1, "A", "2");
    c.add(2, "B", "3");
    c.add(3, "A", "4");
    EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1 2", "c1 2: 3 4")) << type;
  }
}

TEST(temporal, one_record_may_be_what_two_rules_are_about) {
  correlated c{two_rules_of_one_record("temporal")};
  c.add(0, "A", "1", R"("errorCode":"x")");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1"));
}

TEST(temporal, one_record_adds_all_its_rules_before_they_are_counted) {
  correlated c{two_rules_of_one_record("temporal", ", condition: {gte: 1}")};
  c.add(0, "A", "1", R"("errorCode":"x")");
  c.add(1, "A", "2", R"("errorCode":"x")");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1", "c1 2: 2"));
}

TEST(temporal_ordered, a_record_does_not_come_before_itself) {
  correlated c{two_rules_of_one_record("temporal_ordered")};
  c.add(0, "A", "1", R"("errorCode":"x")");
  EXPECT_THAT(c.finished(), IsEmpty());
  c.add(1, "B", "2", R"("errorCode":"x")");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1 2"));
}

TEST(temporal_ordered, counting_begins_anew_behind_a_record_for_which_two_rules_hold) {
  correlated c{two_rules_of_one_record("temporal_ordered")};
  c.add(0, "A", "1");
  c.add(1, "A", "2", R"("errorCode":"x")");
  c.add(2, "B", "3", R"("errorCode":"x")");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1 2"));
  c.add(3, "A", "4");
  c.add(4, "B", "5", R"("errorCode":"x")");
  EXPECT_THAT(c.finished(), ElementsAre("c1 2: 1 2", "c1 2: 3 4 5"));
}

}  // namespace
}  // namespace trailbell::detect
