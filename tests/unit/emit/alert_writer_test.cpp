#include "trailbell/emit/alert_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <nlohmann/json.hpp>

#include "trailbell/model/canary.hpp"

namespace trailbell::emit {
namespace {

constexpr std::array<std::string_view, 1> controls{"CIS AWS 5.0.0 4.4"};
constexpr std::array<std::string_view, 2> tags{"attack.t1098", "x\"y"};

alert sample() {
  alert a;
  a.rule = {"cis-4.4", "IAM policy changed", controls, tags};
  a.level = severity::high;
  a.fingerprint = "0123456789abcdef0123456789abcdef";
  a.event_id = "e-1";
  a.event_name = "AttachRolePolicy";
  a.event_source = "iam.amazonaws.com";
  a.event_time = "2026-03-04T05:06:07Z";
  a.source_ip = "198.51.100.7";
  a.actor.type = "IAMUser";
  a.actor.name = "alice";
  a.actor.mfa_authenticated = false;
  a.target.policy_arn = "arn:aws:iam::aws:policy/AdministratorAccess";
  a.target.principal_type = "role";
  a.target.principal_name = "Ops";
  a.place.name = "a/b.json.gz";
  a.record = 17;
  a.detected_at_ns = 1'000'000;
  return a;
}

std::string jsonl(const alert& a, bool with_record = false) {
  std::string out;
  append_jsonl(a, {with_record}, out);
  return out;
}

TEST(jsonl, an_alert_of_several_records_says_which_and_null_for_what_they_lack) {
  alert a = sample();
  a.burst = std::make_unique<alert_burst>();
  a.burst->group = {{"a \"b\"", "\"x\""}, {"$.n", "null"}};
  a.burst->count = 3;
  a.burst->to = "2026-03-04T05:06:07Z";
  a.burst->event_ids = {"e-0", std::nullopt, "e-1"};
  const auto got = nlohmann::json::parse(jsonl(a));
  EXPECT_EQ(got["group"], nlohmann::json::parse(R"({"a \"b\"":"x","$.n":null})"));
  EXPECT_EQ(got["count"], 3);
  EXPECT_EQ(got["window"], nlohmann::json::parse(R"({"from":null,"to":"2026-03-04T05:06:07Z"})"));
  EXPECT_EQ(got["event_ids"], nlohmann::json::parse(R"(["e-0",null,"e-1"])"));
}

TEST(alert, a_copy_owns_its_texts_and_has_no_burst) {
  alert first = sample();
  std::string id = "e-9";
  first.event_id = id;
  first.burst = std::make_unique<alert_burst>();
  const alert second = first.copy();
  id = "xxx";
  EXPECT_EQ(second.event_id, "e-9");
  EXPECT_EQ(second.burst, nullptr);
  EXPECT_EQ(second.record, 17U);
  EXPECT_EQ(second.actor.name, "alice");
}

TEST(jsonl, has_every_field_of_schema_1_in_order) {
  const auto got = nlohmann::ordered_json::parse(jsonl(sample()));
  std::vector<std::string> names;
  for (const auto& member : got.items()) {
    names.push_back(member.key());
  }
  EXPECT_THAT(
      names, ::testing::ElementsAre(
                 "schema", "alert_id", "fingerprint", "rule_id", "rule_title", "severity",
                 "event_id", "event_name", "event_source", "event_time", "aws_region", "account_id",
                 "outcome", "error_code", "error_message", "actor", "source_ip", "user_agent",
                 "read_only", "target", "controls", "tags", "position", "detected_at"));
  EXPECT_EQ(got["schema"], 1);
  EXPECT_EQ(got["alert_id"], got["fingerprint"]);
  EXPECT_EQ(got["severity"], "high");
  EXPECT_EQ(got["outcome"], "success");
  EXPECT_TRUE(got["aws_region"].is_null());
  EXPECT_TRUE(got["read_only"].is_null());
  EXPECT_EQ(got["actor"]["mfa_authenticated"], false);
  EXPECT_TRUE(got["actor"]["arn"].is_null());
  EXPECT_EQ(got["target"]["principal_type"], "role");
  EXPECT_TRUE(got["target"]["policy_name"].is_null());
  EXPECT_EQ(got["tags"][1], "x\"y");
  EXPECT_EQ(got["position"]["source"], "file");
  EXPECT_EQ(got["position"]["record"], 17);
  EXPECT_EQ(got["detected_at"], "1970-01-01T00:00:00.001Z");
}

TEST(jsonl, a_failure_says_so) {
  alert a = sample();
  a.failed = true;
  a.error_code = "AccessDenied";
  const auto got = nlohmann::json::parse(jsonl(a));
  EXPECT_EQ(got["outcome"], "failure");
  EXPECT_EQ(got["error_code"], "AccessDenied");
}

TEST(jsonl, adds_the_record_byte_for_byte_on_one_line) {
  alert a = sample();
  a.raw_is_json = true;
  a.raw = "{ \"a\" : \"\xc3\xa9\" }";
  EXPECT_NE(jsonl(a, true).find("\"record\":{ \"a\" : \"\xc3\xa9\" }}\n"), std::string::npos);
  a.raw = "{\n  \"a\":1\r\n}";
  const std::string line = jsonl(a, true);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(nlohmann::json::parse(line)["record"]["a"], 1);
}

TEST(jsonl, adds_a_record_that_is_no_json_as_a_text) {
  alert a = sample();
  a.raw = "{\"a\":tru\x01}";
  EXPECT_EQ(nlohmann::json::parse(jsonl(a, true))["record"], *a.raw);
}

TEST(jsonl, stays_one_line_of_json_whatever_the_record_held) {
  alert a = sample();
  const std::string name{"\0\n\"\\\xff\x1b[2J\xe2\x80\xae", 11};
  a.actor.name = name;
  a.user_agent = "\r\n{\"alert\":1}";
  const std::string line = jsonl(a);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(nlohmann::json::parse(line)["user_agent"], "\r\n{\"alert\":1}");
}

nlohmann::json parsed(const alert& a, alert_format format, bool with_record = false) {
  std::string out;
  append_alert(a, {format, with_record, false}, out);
  EXPECT_EQ(out.find('\n'), out.size() - 1) << "one line";
  return nlohmann::json::parse(out);
}

TEST(ocsf, a_finding_names_class_rule_policy_and_principal) {
  const auto got = parsed(sample(), alert_format::ocsf);
  EXPECT_EQ(got["class_uid"], 2004);
  EXPECT_EQ(got["type_uid"], 200401);
  EXPECT_EQ(got["severity_id"], 4);
  EXPECT_EQ(got["time"], 1772600767000);
  EXPECT_EQ(got["metadata"]["logged_time"], 1);
  EXPECT_EQ(got["finding_info"]["uid"], sample().fingerprint);
  EXPECT_EQ(got["finding_info"]["analytic"]["uid"], "cis-4.4");
  EXPECT_EQ(got["finding_info"]["attacks"][0]["technique"]["uid"], "T1098");
  EXPECT_EQ(got["evidences"][0]["src_endpoint"]["ip"], "198.51.100.7");
  EXPECT_EQ(got["evidences"][0]["actor"]["user"]["type_id"], 1);
  EXPECT_EQ(got["resources"][0]["uid"], "arn:aws:iam::aws:policy/AdministratorAccess");
  EXPECT_EQ(got["resources"][1]["type"], "AWS::IAM::Role");
  EXPECT_FALSE(got["cloud"].contains("region")) << "left out, and not null";
}

TEST(ocsf, what_is_no_address_is_a_service) {
  alert a = sample();
  a.source_ip = "cloudformation.amazonaws.com";
  const auto got = parsed(a, alert_format::ocsf);
  EXPECT_EQ(got["evidences"][0]["src_endpoint"],
            nlohmann::json::parse(R"({"svc_name":"cloudformation.amazonaws.com"})"));
}

TEST(ecs, a_document_names_rule_user_and_technique) {
  alert a = sample();
  a.failed = true;
  a.error_code = "AccessDenied";
  const auto got = parsed(a, alert_format::ecs);
  EXPECT_EQ(got["@timestamp"], "2026-03-04T05:06:07.000Z");
  EXPECT_EQ(got["event"]["kind"], "alert");
  EXPECT_EQ(got["event"]["category"], nlohmann::json::parse(R"(["iam"])"));
  EXPECT_EQ(got["event"]["outcome"], "failure");
  EXPECT_EQ(got["rule"]["id"], "cis-4.4");
  EXPECT_EQ(got["user"]["name"], "alice");
  EXPECT_EQ(got["source"]["ip"], "198.51.100.7");
  EXPECT_EQ(got["error"]["code"], "AccessDenied");
  EXPECT_EQ(got["threat"]["technique"]["id"][0], "T1098");
  EXPECT_EQ(got["trailbell"]["target"]["principal_name"], "Ops");
  EXPECT_FALSE(got.contains("user_agent")) << "left out, and not null";
}

TEST(ecs, what_is_no_address_is_not_put_where_an_index_wants_one) {
  for (const char* const from :
       {"AWS Internal", "1.2.3", "1.2.3.4.5", "fe80::1%eth0", " 1.2.3.4"}) {
    alert a = sample();
    a.source_ip = from;
    const auto got = parsed(a, alert_format::ecs);
    EXPECT_EQ(got["source"]["address"], from);
    EXPECT_FALSE(got["source"].contains("ip")) << from;
    EXPECT_FALSE(got.contains("related") && got["related"].contains("ip")) << from;
  }
}

TEST(ocsf_and_ecs, keep_the_record_as_a_text_and_survive_an_empty_alert) {
  alert a = sample();
  a.raw = "{\n \"a\" : \"\xc3\xa9\"}";
  EXPECT_EQ(parsed(a, alert_format::ocsf, true)["raw_data"], *a.raw);
  EXPECT_EQ(parsed(a, alert_format::ecs, true)["event"]["original"], *a.raw);
  EXPECT_FALSE(parsed(alert{}, alert_format::ocsf).contains("evidences"));
  EXPECT_FALSE(parsed(alert{}, alert_format::ecs).contains("user"));
}

TEST(formats, label_a_canary_and_nothing_else) {
  alert a = sample();
  a.event_source = canary_source;
  a.event_id = "trailbell-canary-0123456789abcdef0123456789abcdef";
  const auto written = [](const alert& what, alert_format format) {
    std::string out;
    append_alert(what, {format, false, false}, out);
    return nlohmann::json::parse(out);
  };
  EXPECT_EQ(written(a, alert_format::jsonl)["canary"], true);
  EXPECT_EQ(written(a, alert_format::ecs)["tags"].back(), "canary");
  EXPECT_NE(written(a, alert_format::ocsf).dump().find(R"("name":"canary","values":["true"])"),
            std::string::npos);
  a.event_source = "iam.amazonaws.com";
  EXPECT_FALSE(written(a, alert_format::jsonl).contains("canary"));
  EXPECT_EQ(written(a, alert_format::ecs)["tags"].size(), tags.size());
  EXPECT_EQ(written(a, alert_format::ocsf).dump().find(R"("canary")"), std::string::npos);
}

TEST(formats, have_names) {
  EXPECT_EQ(alert_format_of("ocsf"), alert_format::ocsf);
  EXPECT_EQ(alert_format_of("ecs"), alert_format::ecs);
  EXPECT_EQ(alert_format_of("text"), alert_format::text);
  EXPECT_EQ(alert_format_of("jsonl"), alert_format::jsonl);
  EXPECT_EQ(alert_format_of("OCSF"), std::nullopt);
}

std::string text(const alert& a, bool colour = false) {
  std::string out;
  append_text(a, {colour}, out);
  return out;
}

TEST(text, tells_when_what_who_and_whom) {
  const std::string line = text(sample());
  for (const char* const part : {"2026-03-04T05:06:07Z", "high", "AttachRolePolicy", "alice",
                                 "198.51.100.7", "AdministratorAccess on role Ops"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << ": " << line;
  }
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_NE(text(sample(), true).find("\x1b[31mhigh"), std::string::npos);
}

TEST(text, columns_stand_under_one_another) {
  alert longer = sample();
  longer.event_name = "DeletePolicyVersion";
  longer.level = severity::informational;
  EXPECT_EQ(text(sample()).find("alice"), text(longer).find("alice"));
}

TEST(text, shows_what_an_attacker_would_hide) {
  alert a = sample();
  a.actor.name = "\x1b[2Keve\r\n\xe2\x80\xae";
  const std::string line = text(a);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(line.find('\r'), std::string::npos);
  EXPECT_EQ(line.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
}

TEST(text, an_empty_alert_is_still_a_line) {
  EXPECT_EQ(text(alert{}).back(), '\n');
  EXPECT_TRUE(nlohmann::json::accept(jsonl(alert{})));
}

}  // namespace
}  // namespace trailbell::emit
