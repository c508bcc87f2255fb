#include "trailbell/aws/sqs_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace trailbell::aws {
namespace {

using testing::HasSubstr;

TEST(sqs_client, the_region_of_a_queue_is_in_its_host) {
  EXPECT_EQ(queue_region_of("https://sqs.eu-central-1.amazonaws.com/1/q"), "eu-central-1");
  EXPECT_EQ(queue_region_of("https://sqs-fips.us-gov-west-1.amazonaws.com/1/q"), "us-gov-west-1");
  EXPECT_EQ(queue_region_of("https://sqs.cn-north-1.amazonaws.com.cn/1/q"), "cn-north-1");
  EXPECT_EQ(queue_region_of("https://sqs.eu-west-1.api.aws/1/q"), "eu-west-1");
  EXPECT_EQ(queue_region_of("https://us-west-2.queue.amazonaws.com/1/q"), "us-west-2");
  EXPECT_EQ(queue_region_of("https://vpce-1-2.sqs.us-east-2.vpce.amazonaws.com/1/q"), "us-east-2");
  EXPECT_EQ(queue_region_of("https://sqs.amazonaws.com/1/q"), "");
  EXPECT_EQ(queue_region_of("http://127.0.0.1:4566/1/q"), "");
  EXPECT_EQ(queue_region_of("https://sqs.eu-central-1.example.com/1/q"), "");
  EXPECT_EQ(queue_region_of("nothing"), "");
}

TEST(sqs_client, a_queue_is_called_by_the_end_of_its_url) {
  EXPECT_EQ(queue_name_of("https://sqs.eu-central-1.amazonaws.com/1/trail-events"), "trail-events");
  EXPECT_EQ(queue_name_of("https://sqs.eu-central-1.amazonaws.com/"), "");
  EXPECT_EQ(queue_name_of("https://sqs.eu-central-1.amazonaws.com"), "");
  EXPECT_EQ(queue_name_of(""), "");
}

TEST(sqs_client, what_is_missing_is_said_before_anybody_is_asked) {
  const auto why = [](const std::string& queue_url, const std::string& region) {
    sqs_options options;
    options.queue_url = queue_url;
    options.region = region;
    const auto opened = sqs_client::open(std::move(options), nullptr);
    return opened ? std::string{} : opened.failure().message;
  };
  EXPECT_EQ(why("https://sqs.eu-central-1.amazonaws.com/1/q", ""), "");
  EXPECT_EQ(why("http://127.0.0.1:1/1/q", "us-east-1"), "");
  EXPECT_THAT(why("http://127.0.0.1:1/1/q", ""), HasSubstr("write 'region'"));
  EXPECT_THAT(why("http://127.0.0.1:1/1/q", "no region"), HasSubstr("is no region"));
  EXPECT_THAT(why("https://sqs.eu-central-1.amazonaws.com/", ""), HasSubstr("names no queue"));
  EXPECT_THAT(why("q", ""), HasSubstr("the queue's URL"));
}

}  // namespace
}  // namespace trailbell::aws
