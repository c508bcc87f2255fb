// When the service acknowledges, where a quarantine, a sink or a threshold holds something back.
#include <gtest/gtest.h>

#include <thread>

#include "trailbell/detect/rule_file.hpp"
#include "unit/pipeline/service_stand_ins.hpp"

namespace trailbell::pipeline {
namespace {

std::string at_minute(int number, const char* minute, const char* name = "A") {
  return R"({"eventVersion":"1.08","eventTime":"2026-01-01T)" + std::string{minute} +
         R"(:00Z","eventName":")" + name + R"(","eventID":"e)" + std::to_string(number) + "\"}";
}

std::shared_ptr<const detect::rule_set> two_within_ten_minutes() {
  const auto loaded =
      detect::load_rules({{"r.yaml",
                           "id: r\ntitle: t\npattern: '{ $.eventName = A }'\nseverity: low\n"
                           "threshold: {count: 2, window: 10m}\n"}});
  return std::make_shared<detect::rule_set>(
      std::vector<detect::rule_ptr>{loaded.value().front().rule});
}

// A sink that is asked once and answers when the test lets it.
struct held_sink {
  bounded_queue<int> asked{1}, go{1};
  emit::delivery_result operator()() {
    asked.close();
    go.pop();
    return {};
  }
};

// Of what comes behind it too, that nothing is: a batch that is acked lies behind one that is not.
TEST(acknowledgement, comes_for_no_batch_while_the_quarantine_takes_nothing) {
  harness h;
  h.options.drain_timeout = milliseconds{50};
  const listed_source& from = h.read({record_of(1), "no json"}, false);
  held_sink held;
  h.write("a", [&](auto) { return held(); });
  h.keep = [](std::span<const reject>) {
    return kept_rejects{0, error{errc::output_failed, "disk full"}};
  };
  const auto all = h.make();
  std::thread running{[&] { EXPECT_FALSE(all->run().ok()); }};
  held.asked.pop();
  while (h.listener.conditions.pop() != "quarantine: disk full") {
  }
  held.go.close();
  while (!h.meter.has("a accepted")) {
    std::this_thread::yield();
  }
  all->stop();
  running.join();
  EXPECT_TRUE(from.settled.empty());
}

TEST(acknowledgement, comes_when_the_last_alert_that_was_refused_is_kept) {
  harness h;
  const listed_source& from = h.read({record_of(1) + "\n" + record_of(2)});
  h.write("a", [](std::span<const alert* const>) {
    return emit::delivery_result{emit::delivery::refused, "too odd", std::nullopt};
  });
  std::vector<std::string> kept;
  h.keep = [&](std::span<const reject> some) -> kept_rejects {
    EXPECT_EQ(h.meter.alerts, 0U) << "acknowledged before it was kept";
    kept.push_back(some.front().bytes);
    return some.size() == 1 ? kept_rejects{1, std::nullopt}
                            : kept_rejects{1, error{errc::too_large, "full"}};
  };
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_EQ(kept.size(), 2U);
  EXPECT_EQ(from.settled.size(), 1U);
  EXPECT_EQ(h.meter.alerts, 2U);
}

// e3 is so much later that the alert of e1 and e2 is due, and whoever was read since waits for it.
TEST(acknowledgement, waits_for_the_alerts_of_several_records_that_came_before) {
  harness h;
  h.rules = two_within_ten_minutes();
  h.options.drain_timeout = milliseconds{50};
  const listed_source& from = h.read({at_minute(1, "00:01"), at_minute(2, "00:02"),
                                      at_minute(3, "09:00"), at_minute(4, "09:01", "B")},
                                     false);
  held_sink held;
  h.write("a", [&](auto) { return held(); });
  const auto all = h.make();
  std::thread running{[&] { EXPECT_FALSE(all->run().ok()); }};
  held.asked.pop();
  while (from.given() < 4) {
    std::this_thread::yield();
  }
  all->stop();
  while (!from.closed.load()) {  // from here on it is told of nothing more
    std::this_thread::yield();
  }
  held.go.close();
  running.join();
  for (const auto& [receipt, what] : from.settled) {
    EXPECT_TRUE(receipt == 1'000'001 || receipt == 2) << receipt;  // of e1 and e2
  }
}

// What waits is read again after a restart, and judged then.
TEST(acknowledgement, a_stop_makes_no_threshold_fire) {
  harness h;
  h.rules = two_within_ten_minutes();
  const listed_source& from = h.read({at_minute(1, "00:01"), at_minute(2, "00:02")}, false);
  const scripted_sink& to = h.write("a");
  const auto all = h.make();
  std::thread running{[&] { EXPECT_TRUE(all->run().ok()); }};
  while (h.meter.records.load() < 2) {
    std::this_thread::yield();
  }
  all->stop();
  running.join();
  EXPECT_TRUE(to.got.empty());
  EXPECT_EQ(from.settled.size(), 2U);
}

}  // namespace
}  // namespace trailbell::pipeline
