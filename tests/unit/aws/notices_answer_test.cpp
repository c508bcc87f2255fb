#include "trailbell/aws/notices_answer.hpp"

#include <gtest/gtest.h>

namespace trailbell::aws {
namespace {

std::string made_of(std::string_view xml) {
  const result<std::string> made = notices_answer(xml);
  return made ? made.value() : "error";
}

TEST(notices_answer, has_the_names_of_the_sdks) {
  EXPECT_EQ(
      made_of(R"(<?xml version="1.0"?><NotificationConfiguration xmlns="x"><QueueConfiguration>)"
              R"(<Id>i</Id><Queue>q</Queue><Event>a</Event><Event>b</Event><Filter><S3Key>)"
              R"(<FilterRule><Name>prefix</Name><Value>p"</Value></FilterRule></S3Key></Filter>)"
              R"(</QueueConfiguration><QueueConfiguration><Queue>r</Queue></QueueConfiguration>)"
              R"(<TopicConfiguration><Topic>t</Topic><Event>a</Event></TopicConfiguration>)"
              R"(<EventBridgeConfiguration/></NotificationConfiguration>)"),
      R"({"QueueConfigurations":[{"Id":"i","QueueArn":"q","Events":["a","b"],"Filter":{"Key":)"
      R"({"FilterRules":[{"Name":"prefix","Value":"p\""}]}}},{"Id":"","QueueArn":"r","Events":)"
      R"([]}],"TopicConfigurations":[{"Id":"","TopicArn":"t","Events":["a"]}],)"
      R"("EventBridgeConfiguration":{}})");
}

TEST(notices_answer, an_empty_one_is_none_and_another_answer_is_an_error) {
  EXPECT_EQ(made_of("<NotificationConfiguration/>"), "{}");
  for (const char* const xml : {"", "{}", "<Error><Code>x</Code></Error>", "<Notification"}) {
    EXPECT_EQ(made_of(xml), "error") << xml;
  }
}

}  // namespace
}  // namespace trailbell::aws
