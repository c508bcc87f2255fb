// What a Sigma rule says of a record's fields alone: yes, no, or that the whole record is needed.
#include <gtest/gtest.h>

#include "decode/record_cursor.hpp"
#include "support/sigma_asked.hpp"

namespace trailbell::detect {
namespace {

enum class said : std::uint8_t { no, yes, unknown };

said decided(const std::string& detection, std::string_view record) {
  decode::record_cursor cursor;
  EXPECT_EQ(cursor.read(record, true), decode::record_health::sound);
  const field_verdict verdict =
      test::sigma_rule_of(test::sigma_text_of(detection))->decide(cursor.fields());
  return !verdict.known ? said::unknown : verdict.match ? said::yes : said::no;
}

said decided_of(const std::string& selection, std::string_view record) {
  return decided("  s: " + selection + "\n  condition: s", record);
}

TEST(sigma_quick, a_text_decides_what_asks_for_texts) {
  constexpr std::string_view record =
      R"({"eventName":"A","userAgent":"Aws-Cli 2","awsRegion":"1"})";
  EXPECT_EQ(decided_of("{userAgent|startswith: aws-cli}", record), said::yes);
  EXPECT_EQ(decided_of("{userAgent|re: '^aws'}", record), said::no);
  EXPECT_EQ(decided_of("{userAgent|exists: true}", record), said::yes);
  EXPECT_EQ(decided_of("{userAgent: null}", record), said::no);
  EXPECT_EQ(decided_of("{userAgent|neq: x}", record), said::yes);
  EXPECT_EQ(decided_of("{awsRegion: 1}", record), said::yes);
  EXPECT_EQ(decided_of("{awsRegion|gt: 0}", record), said::unknown) << "the tree compares";
}

TEST(sigma_quick, what_is_no_text_decides_nothing) {
  EXPECT_EQ(decided_of("{userAgent: a}", R"({"userAgent":["a"]})"), said::unknown);
  EXPECT_EQ(decided_of("{userAgent: a}", R"({"eventName":"A"})"), said::unknown);
  EXPECT_EQ(decided_of("{requestParameters.x: a}", R"({"requestParameters":{"x":"a"}})"),
            said::unknown);
  EXPECT_EQ(decided_of("[a]", R"({"eventName":"a"})"), said::unknown) << "a keyword";
}

TEST(sigma_quick, an_error_is_known_to_be_absent) {
  EXPECT_EQ(decided_of("{errorCode: null}", R"({"eventName":"A"})"), said::yes);
  EXPECT_EQ(decided_of("{errorCode: null}", R"({"errorCode":null})"), said::yes);
  EXPECT_EQ(decided_of("{errorCode: '*'}", R"({"errorCode":null})"), said::no);
  EXPECT_EQ(decided_of("{errorCode|exists: true}", R"({"errorCode":null})"), said::unknown);
  EXPECT_EQ(decided_of("{errorCode: null}", R"({"errorCode":7})"), said::unknown);
  EXPECT_EQ(decided_of("{errorCode: null}", R"({"errorMessage":"m"})"), said::unknown);
}

TEST(sigma_quick, the_condition_carries_through_what_is_not_known) {
  const std::string two = "  a: {userAgent: a}\n  b: {requestParameters.x: b}\n  condition: ";
  constexpr std::string_view is_a = R"({"userAgent":"A","requestParameters":{"x":"b"}})";
  constexpr std::string_view is_not = R"({"userAgent":"x","requestParameters":{"x":"b"}})";
  EXPECT_EQ(decided(two + "a or b", is_a), said::yes);
  EXPECT_EQ(decided(two + "a or b", is_not), said::unknown);
  EXPECT_EQ(decided(two + "a and b", is_a), said::unknown);
  EXPECT_EQ(decided(two + "a and b", is_not), said::no);
  EXPECT_EQ(decided(two + "not (a and b)", is_not), said::yes);
  EXPECT_EQ(decided(two + "not b or a", is_not), said::unknown);
}

TEST(sigma_quick, a_key_with_a_dot_may_be_another_way_to_a_field) {
  const std::string type = "{userIdentity.type: Root}";
  EXPECT_EQ(decided_of(type, R"({"userIdentity":{"type":"IAMUser"}})"), said::no);
  EXPECT_EQ(decided_of(type, R"({"userIdentity":{"type":"IAMUser"},"userIdentity.type":"Root"})"),
            said::unknown);
  EXPECT_EQ(
      decided_of(type, R"({"userIdentity":{"type":"IAMUser"},"userIdentit\u0079.type":"Root"})"),
      said::unknown);
  const std::string issuer = "{userIdentity.sessionContext.sessionIssuer.type: Role}";
  const auto record = [](const std::string& more) {
    return R"({"userIdentity":{"sessionContext":{"sessionIssuer":{"type":"Root"}}, )" + more + "}}";
  };
  EXPECT_EQ(decided_of(issuer, record(R"("type":"AssumedRole")")), said::no);
  EXPECT_EQ(decided_of(issuer, record(R"("sessionContext.sessionIssuer":{"type":"Role"})")),
            said::unknown);
  EXPECT_EQ(
      decided_of(issuer, R"({"userIdentity":{"sessionContext":{"sessionIssuer":{"type":"Root"},)"
                         R"("sessionIssuer.type":"Role"}}})"),
      said::unknown);
}

}  // namespace
}  // namespace trailbell::detect
