#include "aws/s3_address.hpp"

#include <gtest/gtest.h>

namespace trailbell::aws {
namespace {

TEST(s3_address, stands_in_the_name_of_the_host_where_it_can) {
  const s3_address named = address_of("my-logs", "a b/c+d.gz", true, std::nullopt);
  EXPECT_EQ(named.host_prefix, "my-logs.");
  EXPECT_EQ(named.target, "/a%20b/c%2Bd.gz");
  const s3_address path = address_of("my-logs", "k", true, true);
  EXPECT_EQ(path.host_prefix, "");
  EXPECT_EQ(path.target, "/my-logs/k");
  EXPECT_EQ(address_of("logs", "", false, false).target, "/");
}

TEST(s3_address, stands_in_the_path_where_the_name_would_be_another_host) {
  // A dot breaks the name in the certificate; the others are none of a host's.
  for (const char* const bucket : {"my.logs", "Logs", "under_score", "ends-"}) {
    EXPECT_EQ(address_of(bucket, "k", true, std::nullopt).host_prefix, "") << bucket;
    EXPECT_EQ(address_of(bucket, "k", true, false).host_prefix, "") << bucket;
  }
  EXPECT_EQ(address_of("my.logs", "k", false, std::nullopt).host_prefix, "my.logs.");
}

TEST(s3_address, leaves_a_key_as_it_is) {
  EXPECT_EQ(address_of("b-1", "/a//./../b", true, false).target, "//a//./../b");
  EXPECT_EQ(address_of("b-1", "x?y#z&=%\xc3\xa9~", true, false).target,
            "/x%3Fy%23z%26%3D%25%C3%A9~");
}

TEST(s3_address, knows_names_that_lead_elsewhere) {
  for (const char* const name : {"", "ab", "a/b", "../x", "x@evil", "a b c", "x:1", ".hidden"}) {
    EXPECT_FALSE(is_bucket(name)) << name;
  }
  for (const char* const name : {"abc", "My_Old.Bucket", "1-2"}) {
    EXPECT_TRUE(is_bucket(name)) << name;
  }
}

}  // namespace
}  // namespace trailbell::aws
