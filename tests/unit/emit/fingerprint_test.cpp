#include "trailbell/emit/fingerprint.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace trailbell::emit {
namespace {

TEST(fingerprint, is_sha_256_over_rule_nul_and_event_id) {
  record_fields fields;
  fields.event_id = "e-1";
  fields.raw = "{}";
  // printf 'cis-4.4\0e-1' | sha256sum | cut -c-32
  EXPECT_EQ(fingerprint("cis-4.4", fields), "18d8869f9b76503855453d12fb8eaa3d");
}

TEST(fingerprint, is_over_the_record_where_there_is_no_event_id) {
  record_fields fields;
  fields.raw = R"({"eventName":"CreatePolicy"})";
  // printf 'cis-4.4\0{"eventName":"CreatePolicy"}' | sha256sum | cut -c-32
  EXPECT_EQ(fingerprint("cis-4.4", fields), "1da9f03d11facc9325fe8203e1b17200");
}

TEST(fingerprint, tells_rules_events_and_addenda_apart) {
  record_fields fields;
  fields.event_id = "e-1";
  const std::string first = fingerprint("a", fields);
  EXPECT_EQ(fingerprint("a", fields), first);
  EXPECT_NE(fingerprint("b", fields), first);
  fields.addendum = true;
  EXPECT_NE(fingerprint("a", fields), first);
  fields.addendum = false;
  fields.event_id = "e-2";
  EXPECT_NE(fingerprint("a", fields), first);
}

TEST(fingerprint, the_rest_of_the_record_does_not_matter) {
  record_fields fields;
  fields.event_id = "e-1";
  fields.raw = "{\"a\":1}";
  const std::string first = fingerprint("a", fields);
  fields.raw = "{ \"a\" : 1 }";
  EXPECT_EQ(fingerprint("a", fields), first);
}

TEST(group_fingerprint, is_over_that_of_the_last_record_and_the_values) {
  using group = std::vector<std::pair<std::string, std::string>>;
  const std::string last = "0123456789abcdef0123456789abcdef";
  EXPECT_EQ(group_fingerprint(last, {}), last);
  // printf '0123456789abcdef0123456789abcdef\0"x"\0null' | sha256sum | cut -c-32
  EXPECT_EQ(group_fingerprint(last, group{{"a", "\"x\""}, {"b", "null"}}),
            "588323229d293ee6f590691e8cf29784");
  EXPECT_NE(group_fingerprint(last, group{{"a", "null"}, {"b", "\"x\""}}),
            group_fingerprint(last, group{{"a", "\"x\""}, {"b", "null"}}));
}

}  // namespace
}  // namespace trailbell::emit
