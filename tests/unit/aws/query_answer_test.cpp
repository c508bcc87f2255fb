#include "trailbell/aws/query_answer.hpp"

#include <gtest/gtest.h>

namespace trailbell::aws {
namespace {

std::string wrapped(const std::string& inner) {
  return "<ListTopicsResponse xmlns=\"http://x\"><ListTopicsResult>" + inner +
         "</ListTopicsResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
         "</ListTopicsResponse>";
}

std::string made(const std::string& xml, const std::string& action = "ListTopics") {
  const auto got = query_answer(xml, action);
  return got ? got.value() : "error: " + got.failure().message;
}

TEST(query_answer, members_are_a_list_and_a_token_a_text) {
  EXPECT_EQ(made(wrapped("<Topics><member><TopicArn>a</TopicArn></member><member><TopicArn>b"
                         "</TopicArn></member></Topics><NextToken>t&amp;u</NextToken>")),
            R"({"Topics":[{"TopicArn":"a"},{"TopicArn":"b"}],"NextToken":"t&u"})");
}

TEST(query_answer, an_empty_element_is_null) {
  EXPECT_EQ(made(wrapped("<Topics/>")), R"({"Topics":null})");
}

TEST(query_answer, entries_are_the_members_of_an_object) {
  EXPECT_EQ(made(wrapped("<Attributes><entry><key>Policy</key><value>{\"a\":1}</value></entry>"
                         "<entry><key>Empty</key><value></value></entry></Attributes>")),
            R"({"Attributes":{"Policy":"{\"a\":1}","Empty":null}})");
}

TEST(query_answer, of_ec2_there_is_no_wrapper_and_items_are_a_list) {
  EXPECT_EQ(made("<DescribeRegionsResponse><requestId>r</requestId><regionInfo><item><regionName>"
                 "us-east-1</regionName></item></regionInfo></DescribeRegionsResponse>",
                 "DescribeRegions"),
            R"({"requestId":"r","regionInfo":[{"regionName":"us-east-1"}]})");
}

TEST(query_answer, what_is_half_or_answers_something_else_is_an_error) {
  EXPECT_TRUE(made(wrapped("<Topics>")).starts_with("error: no XML"));
  EXPECT_TRUE(made("<html><p>Sign in</p></html>").starts_with("error: XML that is no answer"));
  EXPECT_TRUE(made("").starts_with("error: "));
}

}  // namespace
}  // namespace trailbell::aws
