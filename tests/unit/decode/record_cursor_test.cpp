#include "decode/record_cursor.hpp"

#include <gtest/gtest.h>

namespace trailbell::decode {
namespace {

constexpr std::string_view full = R"({
  "eventVersion":"1.08","eventName":"AttachRolePolicy","eventSource":"iam.amazonaws.com",
  "eventID":"e-1","eventTime":"2026-03-04T05:06:07Z","eventType":"AwsApiCall",
  "eventCategory":"Management","awsRegion":"us-east-1","recipientAccountId":"111122223333",
  "sourceIPAddress":"198.51.100.7","userAgent":"aws-cli","readOnly":false,
  "errorCode":"AccessDenied","errorMessage":"no",
  "userIdentity":{"type":"AssumedRole","arn":"arn:a","userName":"u","principalId":"p",
    "accountId":"444455556666","accessKeyId":"AKIA","invokedBy":"AWS Internal",
    "sessionContext":{"sessionIssuer":{"arn":"arn:issuer","userName":"Admin"},
                      "attributes":{"mfaAuthenticated":"true"}},
    "onBehalfOf":{"userId":"id-9"}},
  "requestParameters":{"policyArn":"arn:p","policyName":"n","roleName":"r","userName":"x",
    "groupName":"g"},
  "responseElements":{"policy":{"arn":"arn:created"}}})";

TEST(record_cursor, reads_every_field_that_alerts_need) {
  record_cursor cursor;
  ASSERT_EQ(cursor.read(full, true), record_health::sound);
  const record_fields& f = cursor.fields();
  EXPECT_EQ(f.event_name, "AttachRolePolicy");
  EXPECT_EQ(f.event_source, "iam.amazonaws.com");
  EXPECT_EQ(f.event_id, "e-1");
  EXPECT_EQ(f.event_time, "2026-03-04T05:06:07Z");
  EXPECT_EQ(f.aws_region, "us-east-1");
  EXPECT_EQ(f.recipient_account_id, "111122223333");
  EXPECT_EQ(f.source_ip, "198.51.100.7");
  EXPECT_EQ(f.user_agent, "aws-cli");
  EXPECT_EQ(f.error_code, "AccessDenied");
  EXPECT_EQ(f.error_message, "no");
  EXPECT_TRUE(f.failed);
  EXPECT_FALSE(f.addendum);
  EXPECT_EQ(f.read_only, false);
  EXPECT_EQ(f.identity.type, "AssumedRole");
  EXPECT_EQ(f.identity.invoked_by, "AWS Internal");
  EXPECT_EQ(f.identity.session_issuer_arn, "arn:issuer");
  EXPECT_EQ(f.identity.session_issuer_user_name, "Admin");
  EXPECT_EQ(f.identity.mfa_authenticated, true);
  EXPECT_EQ(f.identity.on_behalf_of_user_id, "id-9");
  EXPECT_EQ(f.target.policy_arn, "arn:p");
  EXPECT_EQ(f.target.group_name, "g");
  EXPECT_EQ(f.target.created_policy_arn, "arn:created");
  EXPECT_EQ(f.raw, full);
}

TEST(record_cursor, takes_members_of_odd_types_for_absent) {
  record_cursor cursor;
  ASSERT_EQ(
      cursor.read(
          R"({"eventName":"CreatePolicy","eventID":17,"userIdentity":"x","requestParameters":[],
      "responseElements":{"policy":"x"},"readOnly":"true","awsRegion":null,"errorCode":null})",
          false),
      record_health::sound);
  const record_fields& f = cursor.fields();
  EXPECT_EQ(f.event_name, "CreatePolicy");
  EXPECT_FALSE(f.event_id || f.identity.type || f.target.policy_arn || f.read_only || f.aws_region);
  EXPECT_FALSE(f.failed);
}

TEST(record_cursor, an_error_of_any_type_is_a_failure) {
  record_cursor cursor;
  for (const std::string_view text : {R"({"errorCode":"X"})", R"({"errorMessage":""})",
                                      R"({"errorCode":17})", R"({"errorMessage":{}})"}) {
    (void)cursor.read(text, false);
    EXPECT_TRUE(cursor.fields().failed) << text;
  }
  (void)cursor.read(R"({"errorCode":"X","errorCode":null})", false);
  EXPECT_FALSE(cursor.fields().failed);
}

TEST(record_cursor, the_last_of_repeated_members_counts_whole) {
  record_cursor cursor;
  (void)cursor.read(R"({"eventName":"A","userIdentity":{"type":"Root","arn":"x"},)"
                    R"("eventName":"B","userIdentity":{"type":"IAMUser"}})",
                    false);
  EXPECT_EQ(cursor.fields().event_name, "B");
  EXPECT_EQ(cursor.fields().identity.type, "IAMUser");
  EXPECT_FALSE(cursor.fields().identity.arn.has_value());
  (void)cursor.read(R"({"eventName":"A","eventName":17})", false);
  EXPECT_FALSE(cursor.fields().event_name.has_value());
  const auto issuer_after = [&cursor](const std::string& members) {
    (void)cursor.read(R"({"userIdentity":{"sessionContext":{"sessionIssuer":{"type":"Role"},)"
                      R"("attributes":{"mfaAuthenticated":"true"}}, )" +
                          members + "}}",
                      false);
    return cursor.fields().identity.session_issuer_type;
  };
  EXPECT_EQ(issuer_after(R"("type":"AssumedRole")"), "Role");
  EXPECT_EQ(cursor.fields().identity.mfa_authenticated, true);
  EXPECT_FALSE(issuer_after(R"("sessionContext":{"sessionIssuer":{"arn":"x"}})").has_value());
  EXPECT_FALSE(cursor.fields().identity.mfa_authenticated.has_value());
  EXPECT_FALSE(issuer_after(R"("sessionContext":null)").has_value());
}

TEST(record_cursor, decodes_escapes_in_names_and_values) {
  record_cursor cursor;
  (void)cursor.read(R"({"event\u004eame":"\u0043reatePolicy","userIdentity":{"a\u0072n":"a\/b"}})",
                    true);
  EXPECT_EQ(cursor.fields().event_name, "CreatePolicy");
  EXPECT_EQ(cursor.fields().identity.arn, "a/b");
}

TEST(record_cursor, reads_around_what_is_broken) {
  record_cursor cursor;
  // A lone surrogate, a byte that is no UTF-8, a word that is no JSON.
  for (const std::string_view odd : {"\"\\ud800\"", "\"\xff\"", "truu"}) {
    const std::string text = R"({"eventName":"CreatePolicy","additionalEventData":)" +
                             std::string{odd} + R"(,"eventID":"e"})";
    EXPECT_NE(cursor.read(text, true), record_health::no_record) << text;
    EXPECT_EQ(cursor.fields().event_name, "CreatePolicy") << text;
    EXPECT_EQ(cursor.fields().event_id, "e") << text;
  }
}

TEST(record_cursor, a_member_that_is_no_json_does_not_end_the_record) {
  record_cursor cursor;
  for (const std::string wrong :
       {"{ ? }", "{x}", "[{x}]", R"({"a" "b"})", R"({"a":{x}})", "{1,2}"}) {
    // An identity of an odd type, so that the record is not read as a plain one.
    for (const std::string identity : {R"({"type":"Root"})", R"({"userName":false})", "7"}) {
      const std::string text = R"({"eventVersion":"1.08","userIdentity":)" + identity + R"(,"x":)" +
                               wrong + R"(,"eventName":"CreatePolicy"})";
      EXPECT_NE(cursor.read(text, false), record_health::no_record) << text;
      EXPECT_EQ(cursor.fields().event_name, "CreatePolicy") << text;
    }
  }
}

TEST(record_cursor, validates_every_byte_when_asked) {
  record_cursor cursor;
  for (const std::string_view bad :
       {R"({"a":{"b":[1,2,nul]}})", R"({"a":01})", R"({"a":"\x"})", R"({"a":["\u00g0"]})",
        R"({"a":"b":1})", R"({"a":{"b":"c":{"d":1}},"e":1})", R"({"\q":1})", "{\"a\":\"\xff\"}",
        R"({"a":[1,{"b":1 2}]})"}) {
    EXPECT_NE(cursor.read(bad, true), record_health::sound) << bad;
    EXPECT_STRNE(cursor.reason(), "") << bad;
  }
}

TEST(record_cursor, says_so_when_members_cannot_be_told_apart) {
  record_cursor cursor;
  for (const std::string_view bad : {R"({"a" "b"})", R"({a:1})", R"({1:2})"}) {
    EXPECT_EQ(cursor.read(bad, false), record_health::no_record) << bad;
  }
}

TEST(record_cursor, reads_records_beyond_what_is_indexed) {
  record_cursor cursor;
  const std::string text = R"({"requestParameters":{"policyDocument":")" +
                           std::string(3'000'000, 'x') + R"("},"eventName":"PutRolePolicy"})";
  EXPECT_EQ(cursor.read(text, false), record_health::sound);
  EXPECT_EQ(cursor.fields().event_name, "PutRolePolicy");
}

TEST(record_cursor, knows_an_insight) {
  record_cursor cursor;
  (void)cursor.read(R"({"eventType":"AwsCloudTrailInsight"})", false);
  EXPECT_TRUE(is_insight(cursor.fields()));
  (void)cursor.read(R"({"eventCategory":"Insight"})", false);
  EXPECT_TRUE(is_insight(cursor.fields()));
  (void)cursor.read(R"({"eventType":"AwsApiCall","x":{"eventType":"AwsCloudTrailInsight"}})",
                    false);
  EXPECT_FALSE(is_insight(cursor.fields()));
}

}  // namespace
}  // namespace trailbell::decode
