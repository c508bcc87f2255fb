#include "trailbell/consume/notification.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "trailbell/base/text.hpp"

namespace trailbell::consume {
namespace {

using testing::HasSubstr;

std::string quoted(const std::string& text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

std::string event_of(const std::string& key, const std::string& name = "ObjectCreated:Put",
                     const std::string& version = "2.1") {
  return R"({"eventVersion":")" + version +
         R"(","eventSource":"aws:s3","awsRegion":"eu-west-1","eventTime":"2026-01-01T00:00:01Z",)"
         R"("eventName":")" +
         name + R"(","s3":{"bucket":{"name":"trails"},"object":{"key":)" + quoted(key) +
         R"(,"size":77,"eTag":"abc"}}})";
}

std::string records(const std::string& events) {
  return R"({"Records":[)" + events + "]}";
}

std::string sns_of(const std::string& message, const std::string& type = "Notification") {
  return R"({"Type":")" + type +
         R"(","MessageId":"m","TopicArn":"arn:aws:sns:eu-west-1:1:t",)"
         R"("Timestamp":"2026-01-01T00:00:05Z","Message":)" +
         quoted(message) + "}";
}

std::string key_of(const std::string& body) {
  const notification got = read_notification(body);
  EXPECT_EQ(got.fault, "");
  EXPECT_EQ(got.objects.size(), 1U);
  return got.objects.empty() ? "" : got.objects[0].key;
}

TEST(notification, an_event_of_s3_says_where_the_object_is_and_how_large) {
  const notification got = read_notification(records(event_of("a/b.json.gz")));
  ASSERT_EQ(got.objects.size(), 1U);
  const announced_object& one = got.objects[0];
  EXPECT_EQ(one.bucket, "trails");
  EXPECT_EQ(one.key, "a/b.json.gz");
  EXPECT_EQ(one.etag, "abc");
  EXPECT_EQ(one.region, "eu-west-1");
  EXPECT_EQ(one.bytes, 77U);
  EXPECT_EQ(one.event_ns, 1'767'225'601'000'000'000);
  EXPECT_EQ(got.fault, "");
}

TEST(notification, keys_of_s3_are_decoded_as_forms_are_and_others_are_not) {
  EXPECT_EQ(key_of(records(event_of("my+prefix%2Bx%40y%3D1%3A%25/%C3%A9"))),
            "my prefix+x@y=1:%/\xc3\xa9");
  EXPECT_EQ(key_of(records(event_of("100%"))), "100%");
  const std::string raw = "my prefix+x%2By=1:%/\xc3\xa9";
  EXPECT_EQ(key_of(R"({"detail-type":"Object Created","source":"aws.s3","detail":{"bucket":)"
                   R"({"name":"b"},"object":{"key":)" +
                   quoted(raw) + "}}}"),
            raw);
  EXPECT_EQ(key_of(R"({"s3Bucket":"b","s3ObjectKey":[)" + quoted(raw) + "]}"), raw);
  EXPECT_EQ(key_of(R"({"s3Bucket":"b","s3ObjectKey":)" + quoted(raw) + "}"), raw);
}

TEST(notification, several_objects_come_in_their_order) {
  const notification got =
      read_notification(records(event_of("a") + "," + event_of("b") + "," + event_of("a")));
  ASSERT_EQ(got.objects.size(), 3U);
  EXPECT_EQ(got.objects[1].key, "b");
  EXPECT_EQ(read_notification(R"({"s3Bucket":"b","s3ObjectKey":["a","b"]})").objects.size(), 2U);
}

TEST(notification, wrappers_are_taken_off) {
  const std::string inner = records(event_of("k"));
  EXPECT_EQ(key_of(sns_of(inner)), "k");
  EXPECT_EQ(key_of(records(R"({"messageId":"m","body":)" + quoted(sns_of(inner)) + "}")), "k");
  EXPECT_EQ(key_of(records(R"({"EventSource":"aws:sns","Sns":)" + sns_of(inner) + "}")), "k");
  EXPECT_EQ(key_of(R"({"Messages":[{"MessageId":"m","Body":)" + quoted(inner) + "}]}"), "k");
  EXPECT_EQ(key_of(R"({"topic":"t","key":"b/k","value":)" + quoted(inner) + "}"), "k");
  EXPECT_EQ(key_of(records(event_of("x%2Fk", "s3:ObjectCreated:Put", "2.0"))), "x/k") << "MinIO";
}

TEST(notification, the_time_of_a_topic_stands_in_where_there_is_no_other) {
  const notification got = read_notification(sns_of(R"({"s3Bucket":"b","s3ObjectKey":["k"]})"));
  ASSERT_EQ(got.objects.size(), 1U);
  EXPECT_EQ(got.objects[0].event_ns, 1'767'225'605'000'000'000);
  EXPECT_FALSE(got.objects[0].bytes);
}

TEST(notification, what_announces_nothing_is_counted_by_its_kind) {
  const auto counted = [](const std::string& body, notice kind) {
    const notification got = read_notification(body);
    EXPECT_EQ(got.fault, "") << body;
    EXPECT_TRUE(got.objects.empty()) << body;
    return got.count(kind);
  };
  EXPECT_EQ(counted(R"({"Service":"Amazon S3","Event":"s3:TestEvent"})", notice::test), 1U);
  EXPECT_EQ(counted("CloudTrail validation message.", notice::validation), 1U);
  EXPECT_EQ(counted(sns_of("CloudTrail validation message."), notice::validation), 1U);
  EXPECT_EQ(counted(sns_of("visit", "SubscriptionConfirmation"), notice::confirmation), 1U);
  EXPECT_EQ(counted(sns_of("bye", "UnsubscribeConfirmation"), notice::confirmation), 1U);
  EXPECT_EQ(counted(records(event_of("k", "ObjectRemoved:Delete")), notice::removed), 1U);
  EXPECT_EQ(counted(records(event_of("k", "ObjectTagging:Put")), notice::other), 1U);
  EXPECT_EQ(counted(R"({"detail-type":"Object Deleted","source":"aws.s3"})", notice::removed), 1U);
  EXPECT_EQ(counted(R"({"detail-type":"Object Tags Added","source":"aws.s3"})", notice::other), 1U);
  EXPECT_EQ(counted(R"({"s3Bucket":"b","s3ObjectKey":"k",)"
                    R"("messageType":"ConfigurationHistoryDeliveryCompleted"})",
                    notice::other),
            1U);
  EXPECT_EQ(counted(records(""), notice::other), 1U);
  EXPECT_EQ(counted(records(event_of("AWSLogs/1/CloudTrail-Digest/x.gz")), notice::digest), 1U);
  EXPECT_EQ(counted(records(event_of("AWSLogs/1/CloudTrail-Insight/x.gz")), notice::insight), 1U);
  EXPECT_EQ(counted(records(event_of("AWSLogs/1/CloudTrail/")), notice::marker), 1U);
}

TEST(notification, a_message_with_records_in_it_says_so) {
  EXPECT_TRUE(read_notification(
                  R"({"detail-type":"AWS API Call via CloudTrail","source":"aws.iam","detail":{}})")
                  .has_records);
  EXPECT_TRUE(read_notification(
                  records(R"({"eventName":"CreatePolicy","eventSource":"iam.amazonaws.com"})"))
                  .has_records);
  EXPECT_FALSE(read_notification(records(event_of("k"))).has_records);
}

TEST(notification, what_is_none_says_why_and_takes_nothing_else_along) {
  for (const std::string body :
       {"", "hello", "7", "{}", R"({"Type":"Order"})", R"({"detail-type":"x","source":"aws.ec2"})",
        R"({"s3Bucket":"b","s3ObjectKey":7})", R"({"MessageId":"m"})"}) {
    EXPECT_NE(read_notification(body).fault, "") << body;
  }
  EXPECT_THAT(read_notification(records(event_of(""))).fault, HasSubstr("without a bucket or"));
  EXPECT_THAT(read_notification(records(event_of("k", "ObjectCreated:Put", "3.0"))).fault,
              HasSubstr("major version"));
  const notification mixed = read_notification(records(event_of("a") + ",7," + event_of("b")));
  EXPECT_EQ(mixed.objects.size(), 2U);
  EXPECT_NE(mixed.fault, "");
}

TEST(notification, depth_has_a_bound) {
  std::string wrapped = records(event_of("k"));
  for (int i = 0; i < 9; ++i) {  // quotes within quotes double with each
    wrapped = sns_of(wrapped);
  }
  EXPECT_EQ(key_of(wrapped), "k");
  const std::string open(100'000, '[');
  EXPECT_NE(read_notification(open).fault, "");
  const std::string closed = std::string(20, '[') + std::string(20, ']');
  EXPECT_THAT(read_notification(closed).fault, HasSubstr("too many"));
}

}  // namespace
}  // namespace trailbell::consume
