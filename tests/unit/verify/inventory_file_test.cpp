#include "trailbell/verify/inventory_file.hpp"

#include <gtest/gtest.h>

#include "verify/json_place.hpp"

namespace trailbell::verify {
namespace {

TEST(json_place, is_where_the_value_begins) {
  const std::string_view text = "{\"a\": [1,\n  {\"b\\u0063\": \"x\\\"}\"}, 3],\n \"d\": null}";
  EXPECT_EQ(place_of(text, {}), (text_place{1, 1}));
  EXPECT_EQ(place_of(text, {"a"}), (text_place{1, 7}));
  EXPECT_EQ(place_of(text, {"a", std::size_t{1}, "bc"}), (text_place{2, 15}));
  EXPECT_EQ(place_of(text, {"a", std::size_t{2}}), (text_place{2, 24}));
  EXPECT_EQ(place_of(text, {"d"}), (text_place{3, 7}));
  EXPECT_EQ(place_of(text, {"d", "nothing"}), (text_place{3, 7}));
}

TEST(arn, has_parts_and_keeps_colons_of_its_resource) {
  const arn_parts parts = split_arn("arn:aws-cn:logs:cn-north-1:1:log-group:a:*");
  EXPECT_EQ(parts.partition, "aws-cn");
  EXPECT_EQ(parts.account, "1");
  EXPECT_EQ(parts.resource, "log-group:a:*");
  EXPECT_EQ(split_arn("no arn").account, "");
}

TEST(inventory_file, tells_how_each_answer_ended) {
  const auto read = read_inventory("f", R"({"trailbell_inventory":1,"account_id":"1",
    "taken_at":"2026-03-04T05:06:07Z","regions":{"r":{
      "sns":{"ListTopics":{"complete":[{"Topics":[{"TopicArn":"a"}],"NextToken":"n"},
                                       {"Topics":[{"TopicArn":"b"}]}]}},
      "logs":{"DescribeLogGroups":{"denied":"no"},"DescribeMetricFilters":{"complete":{
        "metricFilters":[],"nextToken":"more"}}}}}})");
  ASSERT_TRUE(read.ok()) << read.failure().all.front().message();
  const region_inventory& region = *read.value().region("r");
  EXPECT_EQ(region.topics.items, (texts{"a", "b"}));
  EXPECT_EQ(region.topics.state, listing_state::complete);
  EXPECT_EQ(region.log_groups.state, listing_state::denied);
  EXPECT_EQ(region.metric_filters.state, listing_state::failed);
  EXPECT_EQ(region.alarms.state, listing_state::not_asked);
}

TEST(inventory_file, reports_every_problem_with_its_place) {
  const auto read = read_inventory("f", R"({"trailbell_inventory":1,"account_id":"1",
 "taken_at":"yesterday","regions":{"r":{"sns":{"ListTopics":{}},
 "lugs":{}}}})");
  ASSERT_FALSE(read.ok());
  ASSERT_GE(read.failure().all.size(), 3U);
  EXPECT_EQ(read.failure().all[0].message().substr(0, 6), "f:2:13");
  for (const file_problem& problem : read.failure().all) {
    EXPECT_FALSE(problem.what.empty());
  }
}

}  // namespace
}  // namespace trailbell::verify
