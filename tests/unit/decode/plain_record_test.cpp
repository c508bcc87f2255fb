#include "decode/plain_record.hpp"

#include <gtest/gtest.h>

#include <string>

#include "decode/member_names.hpp"

namespace trailbell::decode {
namespace {

constexpr member_names<3> names{{"arn", "eventName", "readOnly"}};

std::size_t found(std::string name) {
  name.resize(names.reach + name.size(), ' ');
  return names.find(name.c_str());
}

TEST(member_names, tells_whole_names_from_their_beginnings) {
  EXPECT_EQ(found(R"(arn":)"), 0U);
  EXPECT_EQ(found(R"(eventName":)"), 1U);
  EXPECT_EQ(found(R"(readOnly":)"), 2U);
  for (const char* const other :
       {R"(ar":)", R"(arns":)", R"(":)", R"(eventNam":)", R"(eventNamX":)", R"(eventNameX":)",
        R"(readOnlyX":)", R"(readOnlx":)", R"(event\u004eame":)"}) {
    EXPECT_EQ(found(other), names.none) << other;
  }
}

// The quote that ends a short name is the first of several in its eight bytes.
TEST(member_names, looks_no_further_than_the_first_quote) {
  EXPECT_EQ(found(R"(arn":"x"})"), 0U);
  EXPECT_EQ(found(R"(arn":"",")"), 0U);
  EXPECT_EQ(found("arn\"\x23\"!\"#"), 0U);
}

struct plain : ::testing::Test {
  bool read(std::string_view text) {
    fields = {};
    return record.read(text, fields);
  }
  plain_record record;
  record_fields fields;
};

TEST_F(plain, takes_one_object_only) {
  EXPECT_TRUE(read(R"({"eventName":"A"})"));
  EXPECT_TRUE(read("{ \"eventName\" : \"A\" } \n"));
  EXPECT_EQ(fields.event_name, "A");
  EXPECT_TRUE(read("{}"));
  for (const char* const other :
       {R"({"eventName":"A"}{"eventName":"B"})", R"({"eventName":"A"} 1)", R"([{"a":1}])", "", "{",
        R"({"eventName":"A")", R"({"eventName":"A"}})", R"({"eventName":"A"},)", R"("A")"}) {
    EXPECT_FALSE(read(other)) << other;
  }
}

TEST_F(plain, leaves_alone_what_is_odd) {
  for (const char* const other :
       {R"({"event\u004eame":"A"})", R"({"userIdentity":{"type":17}})",
        R"({"userIdentity":{"arn":nope}})", R"({"userIdentity":{"arn":nul}})",
        R"({"requestParameters":{"policyArn":[]}})", R"({"readOnly":tru})",
        R"({"responseElements":{"policy":{"arn":true}}})",
        R"({"userIdentity":{"sessionContext":{"attributes":{"mfaAuthenticated":true}}}})",
        R"({"userIdentity":{"type":"Root" "arn":"x"}})", R"({"x":oops,"eventName":"A"})",
        R"({"x":"y":{"a":1},"eventName":"A"})", R"({"userIdentity":{"arn":"a":"b"}})",
        "{\"eventName\":\"\xff\"}", "{\"eventName\":\"a\nb\"}", R"({"eventName" "A"})"}) {
    EXPECT_FALSE(read(other)) << other;
  }
}

TEST_F(plain, decodes_escapes_and_keeps_each_text) {
  ASSERT_TRUE(
      read(R"({"eventName":"\u0043reatePolicy","userAgent":"a\/b\\","awsRegion":"x",)"
           R"("requestParameters":{"policyDocument":"{\"a\":\"b\"}","policyName":"p\t"}})"));
  EXPECT_EQ(fields.event_name, "CreatePolicy");
  EXPECT_EQ(fields.user_agent, "a/b\\");
  EXPECT_EQ(fields.aws_region, "x");
  EXPECT_EQ(fields.target.policy_name, "p\t");
}

TEST_F(plain, takes_null_for_absent) {
  ASSERT_TRUE(read(R"({"eventName":"A","errorCode":null,"requestParameters":null,)"
                   R"("userIdentity":{"type":"Root","arn":null},"responseElements":null})"));
  EXPECT_FALSE(fields.failed || fields.identity.arn);
  EXPECT_EQ(fields.identity.type, "Root");
}

}  // namespace
}  // namespace trailbell::decode
