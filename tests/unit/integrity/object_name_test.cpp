#include "integrity/object_name.hpp"

#include <gmock/gmock.h>

#include "trailbell/base/timestamp.hpp"

namespace trailbell::integrity {
namespace {

TEST(object_name, of_a_log_file_says_account_region_and_when_it_was_delivered) {
  const object_name name = parse_object_name(
      "p/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/04/"
      "111122223333_CloudTrail_us-east-1_20260304T0510Z_Mu0KsOhtH1ar15ZZ.json.gz");
  EXPECT_EQ(name.kind, object_kind::log);
  EXPECT_EQ(name.account, "111122223333");
  EXPECT_EQ(name.region, "us-east-1");
  EXPECT_EQ(name.time_ns, parse_rfc3339("2026-03-04T05:10:00Z"));
}

TEST(object_name, of_a_digest_says_its_trail_and_when_it_ends) {
  const object_name name = parse_object_name(
      "111122223333_CloudTrail-Digest_eu-west-1_my_own_trail_us-east-1_20260304T053001Z.json.gz");
  EXPECT_EQ(name.kind, object_kind::digest);
  EXPECT_EQ(name.region, "eu-west-1");
  EXPECT_EQ(name.trail, "my_own_trail_us-east-1");
  EXPECT_FALSE(name.backfill);
  EXPECT_EQ(name.time_ns, parse_rfc3339("2026-03-04T05:30:01Z"));
}

TEST(object_name, of_a_backfill_has_its_time_in_front_of_that_word) {
  const object_name name = parse_object_name(
      "1_CloudTrail-Digest_us-east-1_main_us-east-1_20260304T053001Z_backfill.json.gz");
  EXPECT_TRUE(name.backfill);
  EXPECT_EQ(name.trail, "main_us-east-1");
  EXPECT_EQ(name.time_ns, parse_rfc3339("2026-03-04T05:30:01Z"));
}

TEST(object_name, of_an_insight_is_a_related_one) {
  EXPECT_EQ(parse_object_name("1_CloudTrail-Insight_us-east-1_20260304T0510Z_x.json.gz").kind,
            object_kind::related);
}

TEST(object_name, of_an_inflated_copy_is_the_same) {
  EXPECT_EQ(parse_object_name("1_CloudTrail_us-east-1_20260304T0510Z_x.json").kind,
            object_kind::log);
}

TEST(object_name, that_is_none_says_nothing) {
  for (const char* const other :
       {"", "/", "a.json.gz", "_CloudTrail_us-east-1_20260304T0510Z_x.json.gz",
        "x_CloudTrail_us-east-1_20260304T0510Z_x.json.gz", "1_CloudTrail_us-east-1_x.json.gz",
        "1_CloudTrail__20260304T0510Z_x.json.gz", "1_CloudTrail", "1_CloudTrail-Digest.json.gz",
        "1_CloudTrail-Digest_r_t_h_20260304T0530Z01.json.gz",
        "1_CloudTrail_us-east-1_20261304T0510Z_x.json.gz",
        "1_CloudTrail_us-east-1_99990304T0510Z_x.json.gz",
        "1_CloudTrail-Digest_us-east-1_m_us-east-1_20260304T053001Z.json.gz.signature"}) {
    EXPECT_EQ(parse_object_name(other).kind, object_kind::other) << other;
  }
}

constexpr const char* key = "p/AWSLogs/1/CloudTrail-Digest/us-east-1/2026/03/04/d.json.gz";

TEST(copy_of_an_object, may_lie_in_any_folder) {
  for (const char* const path :
       {"d.json.gz", "d.json", "/tmp/flat/d.json.gz",
        "out/p/AWSLogs/1/CloudTrail-Digest/us-east-1/2026/03/04/d.json.gz",
        "out/AWSLogs/1/CloudTrail-Digest/us-east-1/2026/03/04/d.json.gz",
        "CloudTrail-2026/AWSLogs/1/CloudTrail-Digest/us-east-1/2026/03/04/d.json.gz",
        "x/CloudTrail-Digest/us-east-1/2026/03/04/d.json.gz", "x/2026/03/04/d.json.gz"}) {
    EXPECT_TRUE(may_be_copy_of(path, key)) << path;
  }
}

TEST(copy_of_an_object, keeps_its_name_and_its_place_in_the_layout) {
  for (const char* const path :
       {"", "e.json.gz", "AWSLogs/1/CloudTrail-Digest/us-east-1/2026/03/05/d.json.gz",
        "x/CloudTrail-Digest/eu-west-1/2026/03/04/d.json.gz",
        "AWSLogs/1/CloudTrail/us-east-1/2026/03/04/d.json.gz", "AWSLogs/d.json.gz"}) {
    EXPECT_FALSE(may_be_copy_of(path, key)) << path;
  }
}

}  // namespace
}  // namespace trailbell::integrity
