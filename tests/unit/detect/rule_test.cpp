#include "trailbell/detect/rule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "trailbell/detect/iam_policy_events.hpp"

namespace trailbell::detect {
namespace {

record_fields record_of(std::string_view name) {
  record_fields fields;
  fields.event_name = name;
  fields.event_source = "iam.amazonaws.com";
  return fields;
}

TEST(cis_4_4, holds_for_the_sixteen_and_no_other) {
  for (const std::string_view name : iam_policy_events) {
    EXPECT_TRUE(cis_4_4().evaluate(record_of(name)).has_value()) << name;
  }
  EXPECT_FALSE(cis_4_4().evaluate(record_of("GetPolicy")).has_value());
  EXPECT_FALSE(cis_4_4().evaluate({}).has_value());
}

TEST(cis_4_4, is_high_when_iam_did_it_and_lower_when_it_did_not) {
  record_fields fields = record_of("CreatePolicy");
  EXPECT_EQ(cis_4_4().evaluate(fields), severity::high);
  fields.failed = true;
  EXPECT_EQ(cis_4_4().evaluate(fields), severity::medium);
  fields.event_source = "organizations.amazonaws.com";
  EXPECT_EQ(cis_4_4().evaluate(fields), severity::informational);
  fields.event_source = std::nullopt;
  EXPECT_EQ(cis_4_4().evaluate(fields), severity::informational);
}

TEST(cis_4_4, names_the_controls_that_demand_it) {
  const auto& controls = cis_4_4().label.controls;
  for (const std::string_view control :
       {"CIS AWS 1.2.0 3.4", "CIS AWS 5.0.0 4.4", "CIS AWS 7.0.0 5.4"}) {
    EXPECT_NE(std::find(controls.begin(), controls.end(), control), controls.end()) << control;
  }
}

bool confirms(const std::string& text) {
  const std::size_t at = text.find("Policy");
  return cis_4_4().probe.confirm(nullptr, text.data() + at, at, text.size() - at);
}

TEST(cis_4_4, its_probe_confirms_every_name_in_quotes_and_hardly_more) {
  const std::string tail = "                ";
  for (const std::string_view name : iam_policy_events) {
    EXPECT_TRUE(confirms('"' + std::string{name} + '"' + tail)) << name;
    EXPECT_TRUE(confirms('"' + std::string{name})) << "cut: " << name;
    EXPECT_FALSE(confirms("\"X" + std::string{name} + '"' + tail)) << name;
    EXPECT_FALSE(confirms('"' + std::string{name} + "X\"" + tail)) << name;
  }
  EXPECT_FALSE(confirms("\"GetPolicy\"" + tail));
  EXPECT_FALSE(confirms("a long text without a quote before Policy\"" + tail));
}

}  // namespace
}  // namespace trailbell::detect
