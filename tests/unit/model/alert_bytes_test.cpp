#include "trailbell/model/alert_bytes.hpp"

#include <gtest/gtest.h>

#include <string>

#include "model/alert_texts.hpp"

namespace trailbell {
namespace {

// Every field has a value of its own.
alert full_alert(std::vector<std::string>& texts) {
  alert made;
  int fields = 0;
  each_text(made, [&fields](const text_view&) { ++fields; });
  texts.reserve(static_cast<std::size_t>(fields));
  each_text(made, [&texts](text_view& text) {
    text = texts.emplace_back("text " + std::to_string(texts.size()));
  });
  made.aws_region = std::nullopt;
  made.level = severity::high;
  made.fingerprint = std::string(32, 'f');
  made.failed = true;
  made.read_only = false;
  made.actor.mfa_authenticated = true;
  made.target.principal_type = "user";
  made.raw_is_json = true;
  made.place = {source_kind::s3, "key", "bucket", -3, 1'000'000'000'000};
  made.record = 17;
  made.detected_at_ns = -5;
  made.suppressed_by_rule = true;
  made.burst = std::make_unique<alert_burst>();
  made.burst->feeds = {{3, 1, {{"field", "\"value\""}}, {"a", ""}, severity::critical}};
  made.burst->fingerprints = {{3, "abc"}};
  made.burst->only_finding = true;
  made.burst->group = {{"g", "null"}};
  made.burst->count = 9;
  made.burst->from = "then";
  made.burst->event_ids = {"one", std::nullopt};
  return made;
}

std::string bytes_of(const alert& one) {
  byte_writer to;
  write_alert(one, to);
  return to.take();
}

TEST(alert_bytes, an_alert_comes_back_whole) {
  std::vector<std::string> texts;
  const alert one = full_alert(texts);
  const std::string bytes = bytes_of(one);
  byte_reader from{bytes};
  std::optional<alert> got = read_alert(from);
  ASSERT_TRUE(got);
  EXPECT_TRUE(from.at_end());
  EXPECT_EQ(bytes_of(*got), bytes);
  EXPECT_EQ(got->event_name, one.event_name);
  EXPECT_EQ(got->aws_region, std::nullopt);
  EXPECT_EQ(got->target.principal_type, "user");
  EXPECT_EQ(got->read_only, false);
  EXPECT_EQ(got->place, one.place);
  ASSERT_TRUE(got->burst);
  EXPECT_EQ(got->burst->feeds[0].group, one.burst->feeds[0].group);
  EXPECT_EQ(got->burst->to, std::nullopt);
  EXPECT_EQ(got->burst->event_ids, one.burst->event_ids);
}

TEST(alert_bytes, an_empty_one_too) {
  const std::string bytes = bytes_of({});
  byte_reader from{bytes};
  const std::optional<alert> got = read_alert(from);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->burst, nullptr);
  EXPECT_EQ(got->target.principal_type, std::nullopt);
  EXPECT_EQ(bytes_of(*got), bytes);
}

TEST(alert_bytes, what_was_cut_is_none) {
  std::vector<std::string> texts;
  const std::string bytes = bytes_of(full_alert(texts));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    byte_reader from{std::string_view{bytes}.substr(0, size)};
    EXPECT_FALSE(read_alert(from)) << size;
  }
}

}  // namespace
}  // namespace trailbell
