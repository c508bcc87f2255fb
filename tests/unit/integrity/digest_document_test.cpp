#include "trailbell/integrity/digest_document.hpp"

#include <gmock/gmock.h>

#include "trailbell/base/timestamp.hpp"

namespace trailbell::integrity {
namespace {

using ::testing::HasSubstr;

std::string text_of(const std::string& logs = "[]", const std::string& previous = "null") {
  return R"({"digestStartTime":"2026-03-04T00:30:00Z","digestEndTime":"2026-03-04T01:30:00Z",)"
         R"("digestS3Bucket":"b","digestS3Object":"k","digestPublicKeyFingerprint":"AB",)"
         R"("digestSignatureAlgorithm":"SHA256withRSA","previousDigestS3Bucket":)" +
         previous + R"(,"previousDigestS3Object":)" + previous + R"(,"previousDigestHashValue":)" +
         previous + R"(,"previousDigestSignature":)" + previous + R"(,"logFiles":)" + logs + "}";
}

std::string without(std::string text, const std::string& name) {
  return text.replace(text.find(name), 1, "x");
}

TEST(digest_document, has_what_the_text_says) {
  const auto read = read_digest(text_of(
      R"([{"s3Bucket":"b","s3Object":"l","hashValue":"C0","hashAlgorithm":"SHA-256"}])", R"("P")"));
  ASSERT_TRUE(read);
  const digest_document& of = read.value();
  EXPECT_EQ(of.end_ns, parse_rfc3339("2026-03-04T01:30:00Z"));
  EXPECT_EQ(of.fingerprint, "ab");
  ASSERT_EQ(of.logs.size(), 1U);
  EXPECT_EQ(of.logs[0].key, "l");
  EXPECT_EQ(of.logs[0].hash, "c0");
  ASSERT_TRUE(of.previous);
  EXPECT_EQ(of.previous->hash, "p");
  EXPECT_EQ(of.previous_signature, "P");
}

TEST(digest_document, of_a_chain_that_begins_has_none_before_it) {
  const auto read = read_digest(text_of());
  ASSERT_TRUE(read);
  EXPECT_FALSE(read.value().previous);
  EXPECT_FALSE(read.value().previous_signature);
}

TEST(digest_document, is_refused_with_what_is_missing) {
  for (const char* const name :
       {"digestStartTime", "digestEndTime", "digestS3Bucket", "digestS3Object",
        "digestPublicKeyFingerprint", "previousDigestSignature", "logFiles"}) {
    const auto read = read_digest(without(text_of(), name));
    ASSERT_FALSE(read) << name;
    EXPECT_EQ(read.failure().code, errc::not_text);
    EXPECT_THAT(read.failure().message, HasSubstr(name));
  }
}

TEST(digest_document, is_refused_where_a_member_is_of_another_kind) {
  for (const char* const logs : {"null", "{}", "[1]", R"([{"s3Bucket":"b"}])"}) {
    EXPECT_FALSE(read_digest(text_of(logs))) << logs;
  }
  EXPECT_FALSE(read_digest(text_of("[]", "7")));
  for (const char* const text : {"", "[]", "{}", "null", "{\"digestEndTime\":"}) {
    EXPECT_FALSE(read_digest(text)) << text;
  }
}

TEST(digest_document, is_of_this_century) {
  for (const char* const time : {"9999-12-31T23:59:60Z", "1677-01-01T00:00:00Z", "yesterday"}) {
    std::string text = text_of();
    text.replace(text.find("2026-03-04T01:30:00Z"), 20, time);
    EXPECT_FALSE(read_digest(text)) << time;
  }
}

TEST(digest_document, names_the_one_before_it_with_its_bucket_or_not_at_all) {
  const auto read = read_digest(without(text_of("[]", "\"p\""), "previousDigestS3Bucket"));
  ASSERT_FALSE(read);
  EXPECT_THAT(read.failure().message, HasSubstr("previousDigestS3Object"));
}

TEST(digest_document, is_signed_as_aws_documents_it) {
  digest_document of;
  of.end_time = "2026-03-04T01:30:00Z";
  of.bucket = "b";
  of.key = "k";
  EXPECT_EQ(string_to_sign(of, "h"), "2026-03-04T01:30:00Z\nb/k\nh\nnull");
  of.previous_signature = "s";
  EXPECT_EQ(string_to_sign(of, "h"), "2026-03-04T01:30:00Z\nb/k\nh\ns");
}

}  // namespace
}  // namespace trailbell::integrity
