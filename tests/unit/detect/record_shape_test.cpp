#include "trailbell/detect/record_shape.hpp"

#include <gtest/gtest.h>

#include "trailbell/decode/json_reader.hpp"

namespace trailbell::detect {
namespace {

bool is_record(const char* json) {
  decode::json_reader reader;
  json_tree tree;
  EXPECT_TRUE(reader.read(json, tree)) << json;
  return fits(cloudtrail_record(), tree.root());
}

TEST(record_shape, a_member_has_the_type_that_the_reference_gives) {
  EXPECT_TRUE(is_record(R"({"eventSource":"s","eventName":"n"})"));
  EXPECT_TRUE(is_record(R"({"eventSource":"s","eventName":"n","requestParameters":null})"));
  EXPECT_TRUE(is_record(R"({"eventSource":"s","eventName":"n","requestParameters":{"a":[1]}})"));
  EXPECT_FALSE(is_record(R"({"eventSource":"s","eventName":"n","requestParameters":"x"})"));
  EXPECT_FALSE(is_record(R"({"eventSource":"s","eventName":"n","errorCode":null})"));
  EXPECT_FALSE(is_record(R"({"eventSource":"s","eventName":1})"));
  EXPECT_FALSE(is_record(R"({"eventSource":"s","eventName":"n","readOnly":"false"})"));
}

TEST(record_shape, no_member_occurs_that_the_reference_does_not_list) {
  EXPECT_FALSE(is_record(R"({"eventSource":"s","eventName":"n","eventname":"n"})"));
  EXPECT_FALSE(is_record(R"({"eventSource":"s","eventName":"n","userIdentity":{"x":"y"}})"));
  EXPECT_TRUE(is_record(R"({"eventSource":"s","eventName":"n","userIdentity":{"arn":"y"}})"));
  EXPECT_FALSE(is_record(R"({"eventSource":"s","eventName":"n","resources":[null]})"));
  EXPECT_TRUE(is_record(R"({"eventSource":"s","eventName":"n","resources":[{"ARN":"a"}]})"));
}

TEST(record_shape, a_fixed_member_is_there_and_has_its_value) {
  record_shape shape = cloudtrail_record();
  EXPECT_TRUE(fix_member(shape, "readOnly", false));
  EXPECT_FALSE(fix_member(shape, "readOnly", std::string{"false"}));
  EXPECT_FALSE(fix_member(shape, "unheard", true));
  decode::json_reader reader;
  json_tree tree;
  for (const auto& [json, expected] :
       {std::pair{R"({"eventSource":"s","eventName":"n"})", false},
        std::pair{R"({"eventSource":"s","eventName":"n","readOnly":true})", false},
        std::pair{R"({"eventSource":"s","eventName":"n","readOnly":false})", true}}) {
    ASSERT_TRUE(reader.read(json, tree));
    EXPECT_EQ(fits(shape, tree.root()), expected) << json;
  }
}

}  // namespace
}  // namespace trailbell::detect
