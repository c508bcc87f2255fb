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
  for (int i = 0; i < limits::envelope_depth_max + 2; ++i) {
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
  std::string huge = "{\"eventVersion\":\"";
  huge += std::string(limits::value_bytes_max + 9 * limits::mib, 'x') + "\"}";
  const std::string text = match + "\n" + huge + "\n" + match + "\n";
  std::mt19937_64 random{1};
  const collected got = decode_text(text, {.pieces = &random});
  EXPECT_EQ(got.matches.size(), 2U);
  EXPECT_EQ(got.outcome.tally.rejected, 1U);
  ASSERT_EQ(got.reasons.size(), 1U);
  EXPECT_NE(got.reasons[0].find("64 MiB"), std::string::npos) << got.reasons[0];
  EXPECT_EQ(got.lost_bytes, huge.size()) << "all of it is handed out, for quarantine";
}

TEST(decoder, arrays_in_arrays_are_walked_to_a_bound) {
  std::string text = match;
  for (int i = 0; i < 5000; ++i) {
    text = R"({"Records":[)" + text + "]}";
  }
  const collected got = decode_text(text + "\n" + match, {});
  EXPECT_EQ(got.outcome.tally.rejected, 1U);
  EXPECT_EQ(got.matches.size(), 1U) << "what stands behind it is read";
}

TEST(decoder, what_is_no_json_in_an_array_costs_no_element_behind_it) {
  for (const char* const wrong : {"tru", "", "01x", "nul", "-", "bare words"}) {
    const std::string text = R"({"Records":[)" + match + "," + wrong + "," + match + "]}";
    expect(text, {.records = 3, .matched = 2, .rejected = 1});
  }
  expect(R"({"Records":[)" + match + " " + match + "]}",
         {.records = 3, .matched = 2, .rejected = 1});
  expect(R"({"Records":[)" + match + ",]}", {.records = 2, .matched = 1, .rejected = 1});
}

TEST(decoder, a_record_that_has_a_name_is_one_whatever_stands_beside_it) {
  for (const char* const beside :
       {R"("s3":{})", R"("Type":"SubscriptionConfirmation")", R"("messageType":"CONTROL_MESSAGE")",
        R"("Records":[])", R"("Records":[1])", R"("s3Bucket":"b","s3ObjectKey":["k"])"}) {
    const std::string members = R"("eventName":"CreatePolicy","eventSource":"iam.amazonaws.com")";
    for (const std::string& record :
         {"{" + members + "," + beside + "}", "{" + std::string{beside} + "," + members + "}"}) {
      expect(record, {.records = 1, .matched = 1});
      expect(R"({"Records":[)" + record + "," + other + "]}", {.records = 2, .matched = 1});
      expect("[" + record + "," + other + "]", {.records = 2, .matched = 1});
      // Such a record does not make a record of an envelope that begins like it.
      expect(record + "\n" + R"({"Records":[)" + match + "]}\n", {.records = 2, .matched = 2});
    }
  }
}

TEST(decoder, a_last_line_that_is_cut_is_rejected) {
  const std::string cut = R"({"eventVersion":"1.08","eventName":"CreatePolicy","x":{"y":1})";
  expect(match + "\n" + match + "\n" + cut, {.records = 3, .matched = 2, .rejected = 1});
  expect(other + "\n" + other + "\n" + cut, {.records = 3, .rejected = 1});
  expect(match + "\n" + cut + "\n" + match, {.records = 3, .matched = 2, .rejected = 1});
}

TEST(decoder, a_record_on_several_lines_between_records_on_one_is_read) {
  const std::string broken_up = R"({"eventVersion":"1.08",)"
                                "\n"
                                R"("eventName":"CreatePolicy"})"
                                "\n";
  expect(other + "\n" + other + "\n" + broken_up + match + "\n", {.records = 4, .matched = 2});
}

// Neither the scan decides it nor the line alone: it was walked for ever.
TEST(decoder, a_line_that_the_scan_does_not_decide_is_taken_once) {
  const std::string undecided = "{\"eventVersion\":\"\"\"\"]\n\"\n";
  expect(undecided + match + "\n", {.records = 3, .matched = 1, .rejected = 2});
  expect(match + "\n" + undecided + match, {.records = 4, .matched = 2, .rejected = 2});
}

TEST(decoder, a_byte_order_mark_before_any_document_means_nothing) {
  const std::string mark = "\xef\xbb\xbf";
  expect(mark + R"({"Records":[)" + match + "]}" + mark + R"({"Records":[)" + match + "]}",
         {.records = 2, .matched = 2});
  expect(mark + match + "\n" + mark + match + "\n" + match + "\n", {.records = 3, .matched = 3});
}

// Each of them searched the rest of the text for an end that is not there: seconds for a megabyte.
TEST(decoder, text_that_is_cut_again_and_again_is_walked_in_linear_time) {
  constexpr int times = 200'000;
  for (const char* const cut :
       {"{\"a\":[1\n", "{\"Records\":[{\"a\":\"\n", "{\n \"a\":\"\n",
        "{\"detail-type\":\"x\",\"detail\":{\n", "{\"Records\":[{\"a\":1},{\n"}) {
    std::string text = match + "\n";
    for (int i = 0; i < times; ++i) {
      text += cut;
    }
    const collected got = decode_text(text, {});
    EXPECT_EQ(got.matches.size(), 1U) << cut;
    EXPECT_GT(got.outcome.tally.rejected, 0U) << cut;
  }
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

TEST(decoder, a_record_alone_is_counted_and_nothing_else_is_taken_for_one) {
  expect(other, {.records = 1});
  expect(other + " \r\n\n", {.records = 1});
  expect(other + other, {.records = 2});
  expect(other.substr(0, other.size() - 1), {.failed = true});
  expect(R"({"eventVersion":"1.08","eventName":"\u0043reatePolicy"})",
         {.records = 1, .matched = 1});
  expect(R"({"eventVersion":"1.08","Records":[)" + match + "," + other + "]}",
         {.records = 2, .matched = 1});
  expect(R"({"eventVersion":"1.08","eventName":"A","Records":[)" + other + "," + other + "]}",
         {.records = 2});
  expect(R"({"eventVersion":"1.08","s3Bucket":"b","s3ObjectKey":"k"})", {.skipped = 1});
  expect(R"({"eventVersion":"1.09","eventType":"AwsCloudTrailInsight"})", {.skipped = 1});
  expect(R"({"eventVersion":"2.1","eventSource":"aws:s3","s3":{"bucket":{}}})", {.skipped = 1});
  expect(R"({"eventVersion":"1.0","eventSource":"aws:kinesis","kinesis":{"data":)"
         R"("eyJldmVudFZlcnNpb24iOiIxLjA4IiwiZXZlbnROYW1lIjoiQ3JlYXRlUG9saWN5IiwiZXZlbnRJRCI6)"
         R"(ImUifQ=="}})",
         {.records = 1, .matched = 1});
}

// Known beforehand: what of a large text would be scanned twice is bounded.
TEST(decoder, a_large_record_alone_is_counted_too) {
  const std::string large =
      R"({"eventVersion":"1.08","eventName":"GetPolicy","requestParameters":")" +
      std::string(2 * limits::mib, 'x') + "\"}";
  expect(large, {.records = 1});
}

TEST(decoder, sniffs_texts_that_can_be_split_at_newlines) {
  EXPECT_EQ(sniff_record_lines(match + "\n"), R"({"eventVersion")");
  EXPECT_FALSE(sniff_record_lines(R"({"Records":[)").has_value());
  EXPECT_FALSE(sniff_record_lines("{\n\"eventVersion\":\"1\"}\n").has_value());
  EXPECT_FALSE(sniff_record_lines(match).has_value());
}

}  // namespace
}  // namespace trailbell::decode
