#include "trailbell/observe/replay_summary.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace trailbell::observe {
namespace {

replay_totals sample() {
  replay_totals t;
  t.objects = 55;
  t.objects_failed = 1;
  t.bytes_read = 66'000;
  t.bytes_inflated = 1'070'000'000;
  t.decoded.records = 2900;
  t.decoded.rejected = 4;
  t.decoded.skipped.insight = 2;
  t.matched = 26;
  t.findings = 26;
  t.alerts = 20;
  t.suppressed = 6;
  t.by_rule["cis-4.4"] = 26;
  t.by_event_name["AttachRolePolicy"] = 26;
  t.by_actor["arn:\x1b[2J"] = 20;
  t.by_account["111122223333"] = 20;
  t.first_match_time = "2026-03-04T05:06:07Z";
  t.last_match_time = "2026-03-05T05:06:07Z";
  t.seconds = 0.5;
  return t;
}

TEST(summary, as_json_has_the_documented_members_and_adds_up) {
  const auto got = nlohmann::json::parse(summary_json(sample()));
  EXPECT_EQ(got["objects"], 55);
  EXPECT_EQ(got["records"].get<int>(),
            got["matched"].get<int>() + got["passed"].get<int>() + got["rejected"].get<int>());
  EXPECT_EQ(got["findings"].get<int>(), got["alerts"].get<int>() + got["suppressed"].get<int>());
  EXPECT_EQ(got["passed"], 2870);
  EXPECT_EQ(got["skipped"]["insight"], 2);
  EXPECT_EQ(got["skipped"].size(), 5U);
  EXPECT_EQ(got["by_event_name"]["AttachRolePolicy"], 26);
  EXPECT_EQ(got["first_match_time"], "2026-03-04T05:06:07Z");
  EXPECT_EQ(got["records_per_second"], 5800);
  EXPECT_EQ(got["bytes_per_second"], 2'140'000'000);
}

TEST(summary, of_nothing_is_sound) {
  const auto got = nlohmann::json::parse(summary_json({}));
  EXPECT_TRUE(got["first_match_time"].is_null());
  EXPECT_EQ(got["records_per_second"], 0);
  EXPECT_FALSE(summary_text({}).empty());
}

TEST(summary, as_text_is_for_a_person_on_a_terminal) {
  const std::string text = summary_text(sample());
  for (const char* const part : {"55, 1 FAILED", "2,900 = 26 matched + 2,870 passed + 4 rejected",
                                 "26 = 20 alerts + 6 suppressed", "2 insight", "by actor",
                                 "2026-03-04T05:06:07Z to 2026-03-05T05:06:07Z"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << '\n' << text;
  }
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(summary, says_when_it_was_stopped) {
  replay_totals t = sample();
  t.interrupted = true;
  EXPECT_NE(summary_text(t).find("Stopped before the end"), std::string::npos);
}

TEST(human, numbers_have_three_digits_or_groups) {
  EXPECT_EQ(human_bytes(0), "0 B");
  EXPECT_EQ(human_bytes(999), "999 B");
  EXPECT_EQ(human_bytes(66'000), "66.0 KB");
  EXPECT_EQ(human_bytes(999'999), "1.00 MB");
  EXPECT_EQ(human_bytes(1.07e9), "1.07 GB");
  EXPECT_EQ(human_count(0), "0");
  EXPECT_EQ(human_count(1'234'567), "1,234,567");
}

TEST(summary, tells_of_what_stateful_rules_could_not_place_or_keep) {
  replay_totals t = sample();
  EXPECT_EQ(summary_text(t).find("stateful"), std::string::npos);
  t.threshold_untimed = 3;
  t.threshold_evicted = 4000;
  EXPECT_NE(summary_text(t).find("3 records without a time, 4,000 forgotten"), std::string::npos);
  const auto got = nlohmann::json::parse(summary_json(t));
  EXPECT_EQ(got["thresholds"], nlohmann::json::parse(R"({"untimed":3,"evicted":4000})"));
}

}  // namespace
}  // namespace trailbell::observe
