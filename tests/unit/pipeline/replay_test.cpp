#include "trailbell/pipeline/replay.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "support/adversarial_corpus.hpp"
#include "support/encodings.hpp"
#include "support/record_oracle.hpp"
#include "trailbell/consume/file_bytes.hpp"

namespace trailbell::pipeline {
namespace {

namespace fs = std::filesystem;

class remembering final : public replay_listener {
 public:
  bool on_alert(alert& found) override {
    alerts.push_back(found.place.name + ' ' + std::to_string(found.record) + ' ' +
                     std::string{found.event_name.value_or("-")});
    return alerts.size() < alerts_max;
  }
  void on_loss(const object_position& place, const owned_loss& lost) override {
    losses.push_back(to_string(place) + ' ' + std::to_string(lost.offset) + ' ' + lost.reason);
  }
  bool on_idle() override {
    ++idle;
    return true;
  }
  std::size_t unwritten() const override { return alerts.size() < alerts_max ? 0 : 1; }
  void on_progress(const replay_totals& so_far) override {
    EXPECT_EQ(so_far.findings, so_far.alerts + so_far.suppressed);
  }

  std::vector<std::string> alerts, losses;
  std::size_t alerts_max = SIZE_MAX;
  int idle = 0;
};

class replay_test : public ::testing::Test {
 protected:
  replay_test() {
    std::string name = fs::temp_directory_path() / "trailbell-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~replay_test() override { fs::remove_all(root_); }

  void file(const std::string& name, const std::string& content) const {
    std::ofstream{root_ / name, std::ios::binary} << content;
  }
  replay_totals replay(int lanes, remembering& listener, bool dedup = false) const {
    consume::read_control control;
    return run_replay({{root_.string()},
                       lanes,
                       false,
                       dedup,
                       limits::object_bytes_max,
                       {builtin_, {}, {}, false, false}},
                      listener, control);
  }
  static void expect_identities(const replay_totals& t) {
    EXPECT_EQ(t.decoded.records, t.matched + t.passed() + t.decoded.rejected);
    EXPECT_EQ(t.findings, t.alerts + t.suppressed);
  }

  const std::shared_ptr<const detect::rule_set> builtin_ = detect::builtin_rule_set();
  fs::path root_;
};

TEST_F(replay_test, gives_the_same_alerts_in_the_same_order_for_any_number_of_lanes) {
  test::adversarial_corpus corpus{99};
  std::uint64_t records = 0;
  std::size_t matches = 0;
  for (int i = 0; i < 150; ++i) {
    test::adversarial_object object = corpus.next();
    if (!object.uniform) {
      continue;
    }
    const test::oracle_result truth = test::ask_oracle(object.text);
    records += truth.tally.records;
    matches += truth.matches.size();
    file(std::to_string(i), i % 2 == 0 ? object.text : test::gzip(object.text));
  }
  remembering one;
  const replay_totals alone = replay(1, one);
  EXPECT_EQ(alone.decoded.records, records);
  EXPECT_EQ(one.alerts.size(), matches);
  expect_identities(alone);
  for (const int lanes : {2, 3, 7}) {
    remembering many;
    const replay_totals together = replay(lanes, many);
    EXPECT_EQ(many.alerts, one.alerts);
    EXPECT_EQ(many.losses, one.losses);
    EXPECT_EQ(together.decoded, alone.decoded);
    EXPECT_EQ(together.bytes_inflated, alone.bytes_inflated);
    expect_identities(together);
  }
}

TEST_F(replay_test, numbers_the_records_of_a_split_file_from_its_start) {
  std::string text;
  std::size_t lines = 0;
  while (text.size() < 3 * limits::split_block_bytes) {
    text += R"({"eventVersion":"1.08","pad":")" + std::string(20'000, 'x') + R"(","eventName":")" +
            (lines % 10 == 0 ? "CreatePolicy" : "GetPolicy") + "\"}\n";
    ++lines;
  }
  file("large", text);
  remembering listener;
  const replay_totals totals = replay(2, listener);
  EXPECT_EQ(totals.objects, 1U);
  EXPECT_EQ(totals.decoded.records, lines);
  ASSERT_EQ(listener.alerts.size(), (lines + 9) / 10);
  for (std::size_t i = 0; i < listener.alerts.size(); ++i) {
    EXPECT_EQ(listener.alerts[i],
              (root_ / "large").string() + ' ' + std::to_string(i * 10) + " CreatePolicy");
  }
}

TEST_F(replay_test, a_file_that_stops_being_lines_is_walked_on_as_a_whole) {
  std::string text;
  const std::string line = R"({"eventVersion":"1.08","pad":")" + std::string(20'000, 'x') + "\"}\n";
  while (text.size() < limits::split_block_bytes + 100'000) {
    text += line;
  }
  const std::size_t lines = text.size() / line.size();
  text +=
      "{\n  \"Records\": [\n    {\"eventVersion\": \"1\", \"eventName\": \"CreatePolicy\"}\n  "
      "]\n}\n";
  const std::size_t more = limits::split_block_bytes / line.size() + 1;
  for (std::size_t i = 0; i < more; ++i) {
    text += line;
  }
  file("large", text);
  remembering listener;
  const replay_totals totals = replay(2, listener);
  EXPECT_EQ(totals.objects, 1U);
  EXPECT_EQ(totals.decoded.records, lines + 1 + more);
  ASSERT_EQ(listener.alerts.size(), 1U);
  EXPECT_EQ(listener.alerts[0],
            (root_ / "large").string() + ' ' + std::to_string(lines) + " CreatePolicy");
  EXPECT_TRUE(listener.losses.empty());
}

TEST_F(replay_test, suppresses_equals_in_the_window) {
  const std::string record = R"({"eventVersion":"1","eventName":"CreatePolicy","eventID":"same"})";
  file("a", record);
  file("b", record);
  remembering listener;
  const replay_totals totals = replay(2, listener, true);
  EXPECT_EQ(totals.findings, 2U);
  EXPECT_EQ(totals.alerts, 1U);
  EXPECT_EQ(totals.suppressed, 1U);
  ASSERT_EQ(listener.alerts.size(), 1U);
  EXPECT_TRUE(listener.alerts[0].find("/a ") != std::string::npos);
}

TEST_F(replay_test, ends_when_the_output_takes_no_more) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) {
    text += R"({"eventVersion":"1","eventName":"CreatePolicy","eventID":")" + std::to_string(i) +
            "\"}\n";
  }
  for (const char* const name : {"a", "b", "c", "d"}) {
    file(name, text);
  }
  remembering listener;
  listener.alerts_max = 5;
  const replay_totals totals = replay(2, listener);
  EXPECT_EQ(listener.alerts.size(), 5U);
  EXPECT_EQ(totals.alerts, 4U);  // the fifth was not accepted
  EXPECT_EQ(totals.findings, totals.alerts + totals.suppressed);
  EXPECT_FALSE(totals.interrupted);
}

TEST_F(replay_test, goes_on_behind_a_file_that_cannot_be_read) {
  const std::string record = R"({"eventVersion":"1","eventName":"CreatePolicy"})";
  file("a", record);
  file("b", test::gzip(record).substr(0, 15));
  fs::create_symlink(root_ / "nowhere", root_ / "c");
  file("d", record);
  remembering listener;
  const replay_totals totals = replay(2, listener);
  EXPECT_EQ(totals.objects, 4U);
  EXPECT_EQ(totals.objects_failed, 2U);
  EXPECT_EQ(totals.alerts, 2U);
  EXPECT_EQ(listener.losses.size(), 2U);
  EXPECT_TRUE(totals.incomplete());
}

TEST_F(replay_test, stops_on_request_with_what_it_has) {
  file("a", R"({"eventVersion":"1","eventName":"CreatePolicy"})");
  remembering listener;
  consume::read_control control;
  control.stop = true;
  const replay_totals totals = run_replay({{root_.string()},
                                           2,
                                           false,
                                           true,
                                           limits::object_bytes_max,
                                           {builtin_, {}, {}, false, false}},
                                          listener, control);
  EXPECT_TRUE(totals.interrupted);
  EXPECT_EQ(totals.alerts, 0U);
  expect_identities(totals);
}

}  // namespace
}  // namespace trailbell::pipeline
