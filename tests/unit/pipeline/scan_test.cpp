#include "trailbell/pipeline/scan.hpp"

#include <gtest/gtest.h>

#include <memory>

#include "trailbell/base/timestamp.hpp"
#include "trailbell/detect/rule_file.hpp"

namespace trailbell::pipeline {
namespace {

const std::shared_ptr<const detect::rule_set> builtin = detect::builtin_rule_set();

record_fields record_at(text_view time) {
  record_fields fields;
  fields.event_name = "CreatePolicy";
  fields.event_time = time;
  fields.raw = "{}";
  return fields;
}

TEST(scan, makes_an_alert_of_every_rule_that_holds) {
  scan s{{builtin, {}, {}, false, false}};
  EXPECT_TRUE(s.on_record(record_at("2026-03-04T05:06:07Z"), 9));
  record_fields other;
  other.event_name = "GetPolicy";
  EXPECT_FALSE(s.on_record(other, 10));
  const findings found = s.take();
  ASSERT_EQ(found.alerts.size(), 1U);
  EXPECT_EQ(found.alerts[0].record, 9U);
  EXPECT_EQ(found.matched, 1U);
  EXPECT_FALSE(found.alerts[0].raw.has_value());
  EXPECT_TRUE(s.pending().empty());
}

TEST(scan, a_range_of_time_is_half_open_and_records_without_a_time_are_outside) {
  const auto from = parse_rfc3339("2026-03-04T00:00:00Z");
  const auto to = parse_rfc3339("2026-03-05T00:00:00Z");
  const auto matched = [&](text_view time) {
    scan s{{builtin, from, to, false, false}};
    (void)s.on_record(record_at(time), 0);
    return s.take().matched;
  };
  EXPECT_EQ(matched("2026-03-04T00:00:00Z"), 1U);
  EXPECT_EQ(matched("2026-03-04T23:59:59Z"), 1U);
  EXPECT_EQ(matched("2026-03-05T00:00:00Z"), 0U);
  EXPECT_EQ(matched("2026-03-03T23:59:59Z"), 0U);
  EXPECT_EQ(matched(std::nullopt), 0U);
  EXPECT_EQ(matched("yesterday"), 0U);
}

TEST(scan, keeps_bytes_only_where_they_were_asked_for) {
  scan s{{builtin, {}, {}, true, true}};
  (void)s.on_record(record_at(std::nullopt), 0);
  s.on_loss({loss_kind::rejected, 5, 1, "bytes", "why"});
  const findings found = s.take();
  EXPECT_EQ(found.alerts[0].raw, "{}");
  EXPECT_EQ(found.losses[0].bytes, "bytes");
  EXPECT_EQ(found.losses[0].offset, 5U);

  scan forgetful{{builtin, {}, {}, false, false}};
  forgetful.on_loss({loss_kind::rejected, 5, 1, "bytes", "why"});
  EXPECT_TRUE(forgetful.take().losses[0].bytes.empty());
}

// What a record gives whose rule a correlation is about: `finding`, `waiting`, `suppressed`.
std::string given(const std::string& correlation, const char* raw) {
  const auto loaded = detect::load_rules(
      {{"r.yaml",
        "id: r\ntitle: t\npattern: '{ $.eventName = CreatePolicy }'\nseverity: low\n"
        "suppress: ['{ $.ci IS TRUE }']\n---\ntitle: t\nid: c\ncorrelation: {type: event_count, "
        "rules: [r], timespan: 1m, group-by: [who], condition: {gte: 2}" +
            correlation + "}\n"}});
  EXPECT_TRUE(loaded.ok());
  std::vector<detect::rule_ptr> rules;
  for (const detect::loaded_rule& one : loaded.value()) {
    rules.push_back(one.rule);
  }
  scan s{{std::make_shared<detect::rule_set>(rules), {}, {}, false, false}};
  record_fields fields = record_at(std::nullopt);
  fields.raw = raw;
  EXPECT_TRUE(s.on_record(fields, 0));
  const findings found = s.take();
  std::string text;
  for (const alert& one : found.alerts) {
    text += text.empty() ? "" : ", ";
    text += one.burst                ? "waiting " + one.burst->feeds.front().group[0].second
            : one.suppressed_by_rule ? "suppressed"
                                     : "finding";
    EXPECT_TRUE(!one.burst || one.burst->only_finding == (found.matched == 0));
  }
  return text;
}

TEST(scan, a_match_that_only_counts_for_others_is_no_finding) {
  constexpr const char* plain = R"({"eventName":"CreatePolicy","who":"eve"})";
  constexpr const char* left_out = R"({"eventName":"CreatePolicy","who":"eve","ci":true})";
  EXPECT_EQ(given("", plain), "waiting \"eve\"");
  EXPECT_EQ(given(", generate: true", plain), "finding, waiting \"eve\"");
  EXPECT_EQ(given("", left_out), "");
  EXPECT_EQ(given(", generate: true", left_out), "suppressed");
}

}  // namespace
}  // namespace trailbell::pipeline
