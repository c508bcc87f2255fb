#include "trailbell/detect/event_matcher.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "trailbell/detect/iam_policy_events.hpp"

namespace trailbell::detect {
namespace {

TEST(event_matcher, knows_each_of_the_sixteen_by_its_place) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < iam_policy_events.size(); ++i) {
    EXPECT_EQ(match_iam_policy_event(iam_policy_events[i]), i) << iam_policy_events[i];
    names.insert(iam_policy_events[i]);
  }
  EXPECT_EQ(names.size(), 16U);
}

TEST(event_matcher, knows_no_name_that_differs_in_one_letter) {
  for (const std::string_view name : iam_policy_events) {
    for (std::size_t at = 0; at < name.size(); ++at) {
      for (const int flip : {1, 2, 0x20, 0x80}) {
        std::string changed{name};
        changed[at] = static_cast<char>(changed[at] ^ flip);
        EXPECT_FALSE(match_iam_policy_event(changed).has_value()) << changed;
      }
    }
  }
}

TEST(event_matcher, knows_no_part_and_no_extension_of_a_name) {
  for (const std::string_view name : iam_policy_events) {
    for (std::size_t size = 0; size < name.size(); ++size) {
      const bool also_a_name =
          name.substr(0, size) == "CreatePolicy" || name.substr(0, size) == "DeletePolicy";
      EXPECT_EQ(match_iam_policy_event(name.substr(0, size)).has_value(), also_a_name) << name;
    }
    EXPECT_FALSE(match_iam_policy_event(std::string{name} + "X").has_value());
    EXPECT_FALSE(match_iam_policy_event(std::string{name} + '\0').has_value());
    EXPECT_FALSE(match_iam_policy_event(" " + std::string{name}).has_value());
  }
  EXPECT_FALSE(match_iam_policy_event("").has_value());
}

}  // namespace
}  // namespace trailbell::detect
