#include "detect/rule_reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace trailbell::detect {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

void add(rule_directory& to, const char* id, const char* name, std::size_t place) {
  to.add({id, name, "rules.yml", {}, place});
}

rule_directory some_rules() {
  rule_directory rules;
  add(rules, "6f3e2987-db24-4c78-a860-b4f4095a7095", "trail_off", 0);
  add(rules, "trail_off_2", "trail_off_2", 1);
  add(rules, "0c2f1a52-7f6c-4a39-9d55-2c1d7a9b6b11", "trail_off", 2);
  add(rules, "", "", 3);
  return rules;
}

std::vector<std::size_t> found(const rule_directory& rules, std::string_view reference) {
  std::vector<std::size_t> places;
  for (const known_rule* const rule : rules.find(reference)) {
    places.push_back(rule->place.value());
  }
  return places;
}

TEST(rule_reference, finds_an_id_in_any_case_of_letters) {
  EXPECT_THAT(found(some_rules(), "6F3E2987-DB24-4c78-a860-b4f4095a7095"), ElementsAre(0));
}

TEST(rule_reference, finds_all_rules_of_a_name_as_it_is_spelt) {
  EXPECT_THAT(found(some_rules(), "trail_off"), ElementsAre(0, 2));
  EXPECT_THAT(found(some_rules(), "trail_off_2"), ElementsAre(1));
  EXPECT_THAT(found(some_rules(), "Trail_off"), IsEmpty());
}

TEST(rule_reference, prefers_an_id_to_a_name) {
  rule_directory rules;
  add(rules, "a", "b", 0);
  add(rules, "b", "", 1);
  EXPECT_THAT(found(rules, "b"), ElementsAre(1));
}

TEST(rule_reference, nothing_refers_to_a_rule_without_id_and_name) {
  EXPECT_THAT(found(some_rules(), ""), IsEmpty());
}

TEST(rule_reference, knows_what_is_spelt_most_like_it) {
  EXPECT_EQ(some_rules().nearest_to("trial_off"), "trail_off");
  EXPECT_EQ(some_rules().nearest_to("6f3e2987-db24-4c78-a860-b4f4095a7096"),
            "6f3e2987-db24-4c78-a860-b4f4095a7095");
  EXPECT_EQ(some_rules().nearest_to("console_login"), "");
}

}  // namespace
}  // namespace trailbell::detect
