#include "emit/syslog_message.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace trailbell::emit {
namespace {

const syslog_style plain{13, "host.example", "trailbell", "trailbell@32473", {}};

alert sample() {
  alert a;
  a.rule = {"cis-4.4", "IAM policy changed", {}, {}};
  a.level = severity::high;
  a.fingerprint = "0123456789abcdef0123456789abcdef";
  a.event_name = "AttachRolePolicy";
  a.account_id = "111122223333";
  a.detected_at_ns = 1'000'000;
  return a;
}

std::string json_of(const std::string& message) {
  return message.substr(message.find("] {") + 2);
}

TEST(syslog_message, has_a_header_structured_data_and_the_alert) {
  const std::string got = syslog_message(sample(), plain);
  EXPECT_TRUE(got.starts_with(
      "<107>1 1970-01-01T00:00:00.001Z host.example trailbell - alert [trailbell@32473 "
      "alert_id=\"0123456789abcdef0123456789abcdef\" rule_id=\"cis-4.4\" severity=\"high\" "
      "event_name=\"AttachRolePolicy\" account_id=\"111122223333\" outcome=\"success\"] {"))
      << got;
  EXPECT_EQ(nlohmann::json::parse(json_of(got))["event_name"], "AttachRolePolicy");
}

TEST(syslog_message, maps_severities_and_the_facility) {
  constexpr int numbers[] = {6, 5, 4, 3, 2};
  for (int level = 0; level < 5; ++level) {
    alert a = sample();
    a.level = static_cast<severity>(level);
    syslog_style style = plain;
    style.facility = 4;
    EXPECT_TRUE(
        syslog_message(a, style).starts_with("<" + std::to_string(32 + numbers[level]) + ">1 "));
  }
}

TEST(syslog_message, is_printable_ascii_whatever_the_record_held) {
  alert a = sample();
  a.event_name = std::string_view{"x\"]\\y\n\0\x1b[2J\xe2\x80\xae\xc3\xa9\xff\xf0\x9f\x98\x80", 21};
  a.user_agent = a.event_name;
  syslog_style style = plain;
  style.host_name = "a b\xc3\xa9\n";
  const std::string got = syslog_message(a, style);
  EXPECT_TRUE(std::all_of(got.begin(), got.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
  EXPECT_NE(got.find(" a?b??? trailbell"), std::string::npos);
  EXPECT_NE(got.find(R"(event_name="x\"\]\\y\\u{a}\\u{0}\\u{1b}[2J\\u{202e}\\u{e9}\\xff)"),
            std::string::npos)
      << got;
  const auto json = nlohmann::json::parse(json_of(got));
  EXPECT_EQ(json["user_agent"],
            std::string("x\"]\\y\n\0\x1b[2J\xe2\x80\xae\xc3\xa9\xef\xbf\xbd\xf0\x9f\x98\x80", 23));
}

TEST(syslog_message, a_short_one_says_that_it_is_cut) {
  alert a = sample();
  const std::string text(100'000, 'x');
  a.user_agent = text;
  a.event_id = text;
  const std::string got = short_syslog_message(a, plain);
  EXPECT_LT(got.size(), 1000U);
  const auto json = nlohmann::json::parse(json_of(got));
  EXPECT_EQ(json["cut"], true);
  EXPECT_EQ(json["alert_id"], a.fingerprint);
}

TEST(syslog_message, the_name_of_the_application_is_the_users_own) {
  syslog_style style = plain;
  style.app_name = "iam watch";
  EXPECT_NE(syslog_message(sample(), style).find(" host.example iam?watch - alert ["),
            std::string::npos);
}

TEST(syslog_message, a_host_without_a_name_is_a_dash) {
  syslog_style style = plain;
  style.host_name.clear();
  EXPECT_NE(syslog_message(sample(), style).find("Z - trailbell"), std::string::npos);
}

TEST(structured_data_id, is_one_or_is_not) {
  EXPECT_TRUE(is_structured_data_id("trailbell@32473"));
  for (const char* const text :
       {"", "a b", "a=b", "a]", "a\"", "\xc3\xa9", "012345678901234567890123456789012"}) {
    EXPECT_FALSE(is_structured_data_id(text)) << text;
  }
}

}  // namespace
}  // namespace trailbell::emit
