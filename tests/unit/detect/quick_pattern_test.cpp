#include "detect/quick_pattern.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace trailbell::detect {
namespace {

std::optional<bool> asked(const std::string& pattern, const record_fields& fields) {
  const auto parsed = filter_pattern::parse(pattern);
  EXPECT_TRUE(parsed.ok()) << pattern;
  return quick_pattern{parsed.value()}.matches(fields);
}

record_fields with_error(const text_view& code, bool failed) {
  record_fields fields;
  fields.error_code = code;
  fields.failed = failed;
  return fields;
}

const std::array<std::string, 2> nothing_there{
    "{ ($.errorCode NOT EXISTS) || ($.errorCode IS NULL) }",
    "{ ($.errorCode IS NULL) || ($.errorCode NOT EXISTS) || ($.errorCode IS NULL) }"};

TEST(quick_pattern, knows_that_a_member_is_absent_or_null_where_nothing_failed) {
  for (const std::string& pattern : nothing_there) {
    EXPECT_EQ(asked(pattern, with_error(std::nullopt, false)), true) << pattern;
    EXPECT_EQ(asked(pattern, with_error("AccessDenied", true)), false) << pattern;
  }
}

TEST(quick_pattern, leaves_to_the_tree_which_of_the_two_it_is_and_what_is_no_text) {
  for (const char* const one : {"{ $.errorCode NOT EXISTS }", "{ $.errorCode IS NULL }",
                                "{ ($.errorCode IS NULL) || ($.errorMessage NOT EXISTS) }"}) {
    EXPECT_EQ(asked(one, with_error(std::nullopt, false)), std::nullopt) << one;
  }
  EXPECT_EQ(asked("{ $.errorCode NOT EXISTS }", with_error("X", true)), false);
  for (const std::string& pattern : nothing_there) {  // a number, or errorMessage alone
    EXPECT_EQ(asked(pattern, with_error(std::nullopt, true)), std::nullopt) << pattern;
  }
  EXPECT_EQ(asked("{ ($.eventName NOT EXISTS) || ($.eventName IS NULL) }", {}), std::nullopt);
  EXPECT_EQ(asked("{ ($.errorCode IS TRUE) || ($.errorCode IS NULL) }", with_error("X", true)),
            std::nullopt);
}

TEST(quick_pattern, asks_members_within_the_identity_too) {
  record_fields fields;
  EXPECT_EQ(asked("{ $.userIdentity.arn = a }", fields), std::nullopt);
  fields.identity.arn = "a";
  EXPECT_EQ(asked("{ $.userIdentity.arn = a }", fields), true);
  EXPECT_EQ(asked("{ $.userIdentity.arn = b }", fields), false);
  EXPECT_EQ(asked("{ $.['userIdentity.arn'] = a }", fields), std::nullopt);
}

TEST(quick_field, is_found_by_its_whole_path) {
  record_fields fields;
  fields.identity.session_issuer_type = "Role";
  const quick_field* const issuer =
      find_quick_field("userIdentity.sessionContext.sessionIssuer.type");
  ASSERT_NE(issuer, nullptr);
  EXPECT_EQ(issuer->read(fields), "Role");
  for (const char* const other : {"", "eventname", "userIdentity", "type", "sessionIssuer.type"}) {
    EXPECT_EQ(find_quick_field(other), nullptr) << other;
  }
}

TEST(text_set, holds_what_was_inserted_and_nothing_else) {
  text_set some;
  EXPECT_FALSE(some.contains(""));
  std::string text;
  for (int i = 0; i < 40; ++i) {
    EXPECT_FALSE(some.contains(text)) << text;
    some.insert(text);
    some.insert(text);
    text += static_cast<char>('a' + i % 3);
  }
  EXPECT_EQ(some.texts().size(), 40U);
  for (std::size_t size = 0; size < 40; ++size) {
    EXPECT_TRUE(some.contains(text.substr(0, size))) << size;
  }
  // The same ends and length.
  some.insert("CreatePolicyXVersion");
  EXPECT_FALSE(some.contains("CreatePolicyYVersion"));
  EXPECT_FALSE(some.contains(text));
}

}  // namespace
}  // namespace trailbell::detect
