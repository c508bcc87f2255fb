#include "detect/rule_reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trailbell::detect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

rule_directory some_rules() {
  rule_directory rules;
  rules.add("6f3e2987-db24-4c78-a860-b4f4095a7095", "trail_off", 0);
  rules.add("trail_off_2", "trail_off_2", 1);
  rules.add("0c2f1a52-7f6c-4a39-9d55-2c1d7a9b6b11", "trail_off", 2);
  rules.add("", "", 3);
  return rules;
}

TEST(rule_reference, finds_an_id_in_any_case_of_letters) {
  EXPECT_THAT(some_rules().find("6F3E2987-DB24-4c78-a860-b4f4095a7095"), ElementsAre(0));
}

TEST(rule_reference, finds_all_rules_of_a_name_as_it_is_spelt) {
  EXPECT_THAT(some_rules().find("trail_off"), ElementsAre(0, 2));
  EXPECT_THAT(some_rules().find("trail_off_2"), ElementsAre(1));
  EXPECT_THAT(some_rules().find("Trail_off"), IsEmpty());
}

TEST(rule_reference, prefers_an_id_to_a_name) {
  rule_directory rules;
  rules.add("a", "b", 0);
  rules.add("b", "", 1);
  EXPECT_THAT(rules.find("b"), ElementsAre(1));
}

TEST(rule_reference, nothing_refers_to_a_rule_without_id_and_name) {
  EXPECT_THAT(some_rules().find(""), IsEmpty());
}

TEST(rule_reference, knows_what_is_spelt_most_like_it) {
  EXPECT_EQ(some_rules().nearest_to("trial_off"), "trail_off");
  EXPECT_EQ(some_rules().nearest_to("6f3e2987-db24-4c78-a860-b4f4095a7096"),
            "6f3e2987-db24-4c78-a860-b4f4095a7095");
  EXPECT_EQ(some_rules().nearest_to("console_login"), "");
}

}  // namespace
}  // namespace trailbell::detect
