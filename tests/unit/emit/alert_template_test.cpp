#include "emit/alert_template.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "emit/alertmanager_alert.hpp"
#include "emit/signature.hpp"
#include "emit/splunk_answer.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/model/canary.hpp"

namespace trailbell::emit {
namespace {

alert sample() {
  alert a;
  a.rule = {"cis-4.4", "IAM policy changed", {}, {}};
  a.level = severity::high;
  a.fingerprint = "0123456789abcdef0123456789abcdef";
  a.event_name = "AttachRolePolicy";
  a.event_time = "2026-03-04T05:06:07Z";
  a.actor.name = "al\"ice";
  a.user_agent = "<!channel> \xe2\x80\xae \x1b[2J";
  a.account_id = "111122223333";
  return a;
}

std::string fill(std::string_view text, const alert& a, const alert_appender& whole = {}) {
  std::string out;
  const auto parsed = alert_template::parse(text);
  EXPECT_TRUE(parsed) << parsed.failure().message;
  parsed.value().fill(a, whole, out);
  return out;
}

TEST(alert_template, puts_fields_where_they_are_named) {
  const alert a = sample();
  EXPECT_EQ(fill("{{event_name}} by {{ actor.name }}{{error_code}}.", a),
            "AttachRolePolicy by al\\\"ice.");
  EXPECT_EQ(fill("plain } { {}", a), "plain } { {}");
  EXPECT_EQ(fill("", a), "");
}

TEST(alert_template, stands_among_the_braces_of_json) {
  const alert a = sample();
  const auto got = nlohmann::json::parse(fill(R"({"a":{"b":{{alert}}}})", a));
  EXPECT_EQ(got["a"]["b"]["rule_id"], "cis-4.4");
  const alert_appender other = [](const alert&, std::string& out) { out += "{}\n"; };
  EXPECT_EQ(fill("[{{alert}}]", a, other), "[{}]");
}

TEST(alert_template, makes_what_moves_or_hides_text_visible) {
  const auto got =
      nlohmann::json::parse(fill(R"(["{{user_agent}}","{{user_agent|slack}}"])", sample()));
  EXPECT_EQ(got[0], "<!channel> \\u{202e} \\u{1b}[2J");
  EXPECT_EQ(got[1], "&lt;!channel&gt; \\u{202e} \\u{1b}[2J");
}

TEST(alert_template, that_names_no_field_is_refused_with_its_place) {
  for (const auto& [text, part] :
       {std::pair{"ab{{nothing}}", "'nothing' to put at byte 3"}, std::pair{"{{alert", "byte 1"},
        std::pair{"{{}}", "''"}, std::pair{"{{alert_id|html}}", "html"}}) {
    const auto got = alert_template::parse(text);
    ASSERT_FALSE(got) << text;
    EXPECT_NE(got.failure().message.find(part), std::string::npos) << got.failure().message;
  }
}

TEST(alert_fields, each_can_be_read_of_an_alert_that_has_nothing) {
  for (const std::string_view name : field_names()) {
    std::string out;
    find_field(name)(alert{}, out);
    EXPECT_LT(out.size(), 200U) << name;
  }
  EXPECT_EQ(find_field("Alert_id"), nullptr);
}

TEST(alert_fields, a_summary_is_bounded_and_cut_between_characters) {
  alert a = sample();
  std::string name;
  for (int i = 0; i < 1000; ++i) {
    name += "\xc3\xa9";
  }
  a.actor.name = name;
  std::string out;
  find_field("summary")(a, out);
  EXPECT_LE(out.size(), 800U);
  EXPECT_GE(out.size(), 798U);
  EXPECT_EQ(out.back(), '\xa9');
}

TEST(alertmanager, an_alert_starts_with_its_event_and_ends_in_time) {
  const auto shape = alertmanager_alert::make({.urls = {},
                                               .headers = {},
                                               .labels = {{"team", "{{severity}} \"x\""}},
                                               .generator_url = "https://t/"});
  ASSERT_TRUE(shape);
  const std::int64_t now = parse_rfc3339("2026-03-04T06:00:00Z").value_or(0);
  const auto json = [&](const alert& a) {
    std::string out;
    shape.value().append(a, now, out);
    return nlohmann::json::parse(out);
  };
  auto got = json(sample());
  EXPECT_EQ(got["startsAt"], "2026-03-04T05:06:07.000Z");
  EXPECT_EQ(got["endsAt"], "2026-03-04T07:00:00.000Z");
  EXPECT_EQ(got["labels"]["alert_id"], sample().fingerprint);
  EXPECT_EQ(got["labels"]["alertname"], "IAM policy changed");
  EXPECT_EQ(got["labels"]["team"], "high \"x\"");
  EXPECT_EQ(got["generatorURL"], "https://t/");
  EXPECT_FALSE(got["labels"].contains("canary"));
  alert canary = sample();
  canary.event_source = canary_source;
  canary.event_id = "trailbell-canary-0123456789abcdef0123456789abcdef";
  EXPECT_EQ(json(canary)["labels"]["canary"], "true");
  for (const char* const time : {"2027-01-01T00:00:00Z", "yesterday"}) {
    alert odd = sample();
    odd.event_time = time;
    EXPECT_EQ(json(odd)["startsAt"], "2026-03-04T06:00:00.000Z") << time;
  }
}

TEST(alertmanager, labels_that_are_none_or_taken_are_refused) {
  for (const char* const name : {"", "1a", "a-b", "severity", "alert_id", "canary"}) {
    EXPECT_FALSE(alertmanager_alert::make(
        {.urls = {}, .headers = {}, .labels = {{name, "x"}}, .generator_url = ""}))
        << name;
  }
}

// The digest is what `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key` prints.
TEST(signature, is_that_of_the_time_a_full_stop_and_the_body) {
  EXPECT_EQ(sign("key", 1'700'000'000, R"({"a":1})"),
            "t=1700000000,v1=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03");
}

TEST(splunk_answer, tells_an_id_and_whether_it_is_acked) {
  EXPECT_EQ(ack_id_of(R"({"text":"Success","code":0,"ackId":0})"), 0U);
  EXPECT_EQ(ack_id_of("{ \"ackId\" : 17 }"), 17U);
  EXPECT_EQ(ack_id_of(R"({"text":"ackId","ackId":3})"), 3U);
  for (const char* const text : {"", "{}", R"({"ackId":null})", R"({"ackId":-1})", R"("ackId")"}) {
    EXPECT_FALSE(ack_id_of(text)) << text;
  }
  EXPECT_TRUE(is_acked(R"({"acks":{"1":false,"17":true}})", 17));
  EXPECT_FALSE(is_acked(R"({"acks":{"1":false,"17":true}})", 1));
  EXPECT_FALSE(is_acked(R"({"acks":{"17":true}})", 7));
  EXPECT_FALSE(is_acked("17 true", 17));
}

}  // namespace
}  // namespace trailbell::emit
