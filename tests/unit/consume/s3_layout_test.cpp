#include "consume/s3_layout.hpp"

#include <gtest/gtest.h>

#include "trailbell/base/timestamp.hpp"
#include "trailbell/consume/object_source.hpp"

namespace trailbell::consume {
namespace {

TEST(s3_layout, is_known_by_its_folders) {
  for (const char* const folder :
       {"AWSLogs/", "AWSLogs/111122223333/", "trail/AWSLogs/o-abc123/", "AWSLogs/o-a/111122223333/",
        "AWSLogs/111122223333/CloudTrail/", "AWSLogs/111122223333/CloudTrail/us-east-1/2026/",
        "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/", "AWSLogs/1111",
        "AWSLogs/111122223333/CloudTrail/us-east-1/2026/0"}) {
    EXPECT_EQ(level_of(folder), s3_level::folders) << folder;
  }
  for (const char* const folder :
       {"AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/", "AWSLogs/111122223333/vpcflow/",
        "AWSLogs/other/", "AWSLogs/111122223333/CloudTrail/us-east-1/x/",
        "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/1111_Cloud"}) {
    EXPECT_EQ(level_of(folder), s3_level::objects) << folder;
  }
  for (const char* const folder : {"", "logs/", "AWSLog", "xAWSLogs/"}) {
    EXPECT_EQ(level_of(folder), s3_level::unknown) << folder;
  }
}

day_range range(const char* from, const char* to) {
  return days_of(parse_rfc3339(from), parse_rfc3339(to));
}

TEST(s3_layout, a_day_early_and_a_day_late_may_hold_a_time) {
  const day_range days = range("2026-03-01T00:00:00Z", "2026-03-01T23:59:59Z");
  EXPECT_EQ(days.first, "2026/02/28");
  EXPECT_EQ(days.last, "2026/03/02");
  const std::string region = "AWSLogs/111122223333/CloudTrail/us-east-1/";
  for (const char* const folder : {"2026/", "2026/02/", "2026/03/", "2026/02/28/", "2026/03/02/"}) {
    EXPECT_TRUE(may_hold(region + folder, days)) << folder;
  }
  for (const char* const folder :
       {"2025/", "2027/", "2026/01/", "2026/04/", "2026/02/27/", "2026/03/03/"}) {
    EXPECT_FALSE(may_hold(region + folder, days)) << folder;
  }
}

TEST(s3_layout, what_is_no_day_may_hold_anything) {
  const day_range days = range("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z");
  for (const char* const folder :
       {"AWSLogs/", "AWSLogs/111122223333/CloudTrail/us-east-1/", "2020/", "x/2020/01/01/",
        "AWSLogs/111122223333/Config/us-east-1/2020/"}) {
    EXPECT_TRUE(may_hold(folder, days)) << folder;
  }
  EXPECT_TRUE(may_hold("AWSLogs/111122223333/CloudTrail/us-east-1/1999/", days_of({}, {})));
}

TEST(s3_layout, days_turn_with_months_and_years) {
  EXPECT_EQ(range("2026-01-01T12:00:00Z", "2026-12-31T12:00:00Z").first, "2025/12/31");
  EXPECT_EQ(range("2026-01-01T12:00:00Z", "2026-12-31T12:00:00Z").last, "2027/01/01");
  EXPECT_EQ(range("1970-01-01T00:00:00Z", "1969-06-01T00:00:00Z").first, "1969/12/31");
}

TEST(s3_layout, some_keys_say_what_they_are) {
  EXPECT_EQ(skipped_by_key("AWSLogs/1/CloudTrail-Digest/x/d.json.gz"), skip_reason::digest);
  EXPECT_EQ(skipped_by_key("AWSLogs/1/CloudTrail-Insight/x/i.json.gz"), skip_reason::insight);
  EXPECT_EQ(skipped_by_key("AWSLogs/1/"), skip_reason::empty);
  EXPECT_EQ(skipped_by_key("AWSLogs/1/CloudTrail/x/CloudTrail-Digest.gz"), skip_reason::none);
}

TEST(s3_url, is_a_bucket_and_how_keys_begin) {
  const auto got = parse_s3_url("s3://logs/a b/c+d");
  ASSERT_TRUE(got);
  EXPECT_EQ(got.value().bucket, "logs");
  EXPECT_EQ(got.value().prefix, "a b/c+d");
  EXPECT_EQ(parse_s3_url("s3://logs").value().prefix, "");
  EXPECT_EQ(parse_s3_url("s3://logs//x").value().prefix, "/x");
  EXPECT_FALSE(parse_s3_url("s3://"));
  EXPECT_FALSE(parse_s3_url("s3:///key"));
  EXPECT_FALSE(parse_s3_url("s3://user@host/key"));
}

}  // namespace
}  // namespace trailbell::consume
