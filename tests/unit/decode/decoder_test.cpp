// Single texts that were thought of by a person; the property tests think of the rest.
#include "trailbell/decode/decoder.hpp"

#include <gtest/gtest.h>

#include "support/adversarial_corpus.hpp"
#include "support/collected.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::decode {
namespace {

using test::collected;
using test::decode_text;

const std::string match = R"({"eventVersion":"1.08","eventName":"CreatePolicy","eventID":"e"})";
const std::string other = R"({"eventVersion":"1.08","eventName":"GetPolicy","eventID":"f"})";

struct expectation {
  std::uint64_t records = 0, matched = 0, rejected = 0, unrecognised = 0, skipped = 0;
  bool failed = false;
};

void expect(const std::string& text, const expectation& want) {
  for (const bool strict : {false, true}) {
    const collected got = decode_text(text, {.strict = strict});
    EXPECT_EQ(got.outcome.tally.records, want.records) << text;
    EXPECT_EQ(got.matches.size(), want.matched) << text;
    EXPECT_EQ(got.outcome.tally.rejected, want.rejected) << text;
    EXPECT_EQ(got.outcome.tally.unrecognised, want.unrecognised) << text;
    EXPECT_EQ(got.outcome.tally.skipped.total(), want.skipped) << text;
    EXPECT_EQ(got.outcome.failed, want.failed) << text;
  }
}

TEST(decoder, reads_files_as_cloudtrail_delivers_them) {
  expect(R"({"Records":[)" + match + "," + other + "]}", {.records = 2, .matched = 1});
  expect(R"({"Records":[]})", {.skipped = 1});
}

TEST(decoder, reads_records_alone_on_lines_and_in_arrays) {
  expect(match, {.records = 1, .matched = 1});
  expect(match + "\n" + other + "\n" + match, {.records = 3, .matched = 2});
  expect(match + "\r\n\r\n" + other + "\r\n", {.records = 2, .matched = 1});
  expect("[" + match + ", " + other + "]", {.records = 2, .matched = 1});
  expect(match + match + " " + other, {.records = 3, .matched = 2});
  expect("\xef\xbb\xbf" + match + "\n", {.records = 1, .matched = 1});
}

TEST(decoder, finds_records_wherever_their_array_stands) {
  expect(R"({"a":[1,{"Records":[]}],"Records":[)" + match + R"(],"eventName":"CreatePolicy"})",
         {.records = 1, .matched = 1});
  expect(R"({"\u0052ecords" : [ )" + match + " ] }", {.records = 1, .matched = 1});
}

TEST(decoder, counts_the_members_of_an_array_that_are_no_objects) {
  expect(R"({"Records":[)" + match + R"(,17,"x",null,[],)" + match + "]}",
         {.records = 6, .matched = 2, .rejected = 4});
}

TEST(decoder, keeps_what_precedes_a_cut) {
  const std::string text = R"({"Records":[)" + match + "," + other + "," + match + "]}";
  const collected got = decode_text(text.substr(0, text.size() - 10), {});
  EXPECT_EQ(got.outcome.tally.records, 3U);
  EXPECT_EQ(got.matches.size(), 1U);
  EXPECT_EQ(got.outcome.tally.rejected, 1U);
  ASSERT_EQ(got.reasons.size(), 1U);
  EXPECT_NE(got.reasons[0].find("cut"), std::string::npos);
}

TEST(decoder, a_line_of_garbage_costs_only_itself) {
  expect(match + "\ngarbage\n" + match + "\n", {.records = 3, .matched = 2, .rejected = 1});
  expect(match + "\n{\"eventVersion\":\n" + match + "\n",
         {.records = 3, .matched = 2, .rejected = 1});
}

TEST(decoder, what_is_no_text_at_all_is_a_failed_object) {
  expect("garbage", {.failed = true});
  expect(std::string("\xff\xfe{\0\"\0", 6), {.failed = true});  // UTF-16
  expect(std::string(1000, '\0'), {.failed = true});
}

TEST(decoder, json_of_another_product_is_unrecognised) {
  expect(R"({"hello":"CreatePolicy"})", {.unrecognised = 1});
  expect("17\n", {.unrecognised = 1});
  expect(R"([{"a":1},{"b":2}])", {.unrecognised = 2});
}

TEST(decoder, what_is_recognised_and_no_record_is_skipped) {
  expect(R"({"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"x"}]})", {.skipped = 1});
  expect(R"({"digestS3Object":"k","digestPublicKeyFingerprint":"f"})", {.skipped = 1});
  expect(R"({"s3Bucket":"b","s3ObjectKey":["k"]})", {.skipped = 1});
  expect(R"({"Records":[{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{}}]})",
         {.skipped = 1});
  expect(R"({"Records":[{"eventType":"AwsCloudTrailInsight","eventName":"PutRolePolicy"}]})",
         {.skipped = 1});
  expect("", {.skipped = 1});
  expect(" \n ", {.skipped = 1});
}

TEST(decoder, a_name_counts_only_at_the_top_of_the_record) {
  expect(R"({"eventVersion":"1","eventName":"X","requestParameters":{"eventName":"CreatePolicy"}})",
         {.records = 1});
  expect(R"({"eventVersion":"1","eventName":"X","insightDetails":{"eventName":"CreatePolicy"}})",
         {.records = 1});
  expect(R"({"eventVersion":"1","eventName":"X","a":"\"eventName\":\"CreatePolicy\""})",
         {.records = 1});
  expect(R"({"eventVersion":"1","eventName":"createpolicy"})", {.records = 1});
  expect(R"({"eventVersion":"1","eventName":"CreatePolicy","eventName":"X"})", {.records = 1});
  expect(R"({"eventVersion":"1","eventName":"X","eventName":"CreatePolicy"})",
         {.records = 1, .matched = 1});
  expect(R"({"eventVersion":"1","eventName" : "\u0043reatePolicy"})", {.records = 1, .matched = 1});
}

TEST(decoder, a_match_with_broken_members_still_counts) {
  const std::string broken =
      "{\"eventVersion\":\"1\",\"eventName\":\"CreatePolicy\",\"a\":\"\xff\"}";
  for (const std::string& each :
       {broken, std::string{R"({"eventVersion":truu,,"eventName":"CreatePolicy"})"}}) {
    expect(R"({"Records":[)" + each + "]}", {.records = 1, .matched = 1});
    expect(each, {.records = 1, .matched = 1});
    expect(each + "\n" + other + "\n", {.records = 2, .matched = 1});
  }
}

TEST(decoder, messages_around_messages_are_unwrapped_to_a_bound) {
  std::string text = R"({"Records":[]})";
  for (int i = 0; i < 12; ++i) {
    std::string quoted;
    for (const char c : text) {
      quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
    }
    text = R"({"Type":"Notification","Message":")" + quoted + "\"}";
  }
  const collected got = decode_text(text, {});
  EXPECT_TRUE(got.outcome.tally.rejected == 1 || got.outcome.failed);
  ASSERT_FALSE(got.reasons.empty());
  EXPECT_NE(got.reasons[0].find("nested too deeply"), std::string::npos);
}

TEST(decoder, a_value_beyond_the_bound_is_reported_and_not_kept) {
  std::string text = match + "\n{\"eventVersion\":\"" +
                     std::string(limits::value_bytes_max + 9 * limits::mib, 'x');
  text += "\"}\n" + match + "\n";
  std::mt19937_64 random{1};
  const collected got = decode_text(text, {.pieces = &random});
  EXPECT_EQ(got.matches.size(), 2U);
  EXPECT_EQ(got.outcome.tally.rejected, 1U);
  ASSERT_EQ(got.reasons.size(), 1U);
  EXPECT_NE(got.reasons[0].find("64 MiB"), std::string::npos) << got.reasons[0];
}

TEST(decoder, a_record_that_was_cut_inside_a_string_does_not_swallow_the_next) {
  expect(R"({"eventVersion":"1)"
         "\n"
         R"({"eventName":"CreatePolicy"})"
         "\n",
         {.records = 2, .matched = 1, .rejected = 1});
}

TEST(decoder, a_record_whose_first_member_is_broken_comes_to_an_end) {
  expect(R"({"a" ,"eventName":"CreatePolicy"}x)"
         "\n" +
             match,
         {.records = 3, .matched = 2, .rejected = 1});
}

TEST(decoder, sniffs_texts_that_can_be_split_at_newlines) {
  EXPECT_EQ(sniff_record_lines(match + "\n"), R"({"eventVersion")");
  EXPECT_FALSE(sniff_record_lines(R"({"Records":[)").has_value());
  EXPECT_FALSE(sniff_record_lines("{\n\"eventVersion\":\"1\"}\n").has_value());
  EXPECT_FALSE(sniff_record_lines(match).has_value());
}

}  // namespace
}  // namespace trailbell::decode
