// The engine with real threads, between a source and sinks that the test holds in its hands.
#include "trailbell/pipeline/service.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "unit/pipeline/service_stand_ins.hpp"

namespace trailbell::pipeline {
namespace {

TEST(service, delivers_every_alert_in_order_and_settles_every_batch) {
  harness h;
  h.options.lanes = 3;
  std::vector<std::string> messages;
  std::vector<std::string> expected;
  for (int i = 0; i < 500; ++i) {
    messages.push_back(record_of(i, i % 3 == 0 ? "CreatePolicy" : "ListRoles"));
    if (i % 3 == 0) {
      expected.push_back("e" + std::to_string(i));
    }
  }
  const listed_source& from = h.read(messages);
  const scripted_sink& to = h.write("a");
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_EQ(to.got, expected);
  EXPECT_EQ(to.places.at(1), "topic[3]@3");
  EXPECT_EQ(from.settled.size(), 500U);
  EXPECT_EQ(h.meter.records, 500U);
  EXPECT_EQ(h.meter.matched, expected.size());
  EXPECT_EQ(h.meter.alerts, expected.size());
  EXPECT_EQ(h.meter.changes, expected.size());
}

TEST(service, counts_what_the_dedup_window_suppresses) {
  harness h;
  h.read({record_of(1), record_of(1), record_of(2)});
  const scripted_sink& to = h.write("a");
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_EQ(to.got, (std::vector<std::string>{"e1", "e2"}));
  EXPECT_EQ(h.meter.findings, 3U);
  EXPECT_EQ(h.meter.suppressed, 1U);
  EXPECT_EQ(h.meter.alerts, 2U);
}

TEST(service, gives_again_until_a_required_sink_has_accepted) {
  harness h;
  int attempts = 0;
  const listed_source& from = h.read({record_of(1)});
  const scripted_sink& to = h.write("a", [&](auto) {
    return ++attempts < 3 ? emit::delivery_result{emit::delivery::retry, "busy", milliseconds{1}}
                          : emit::delivery_result{};
  });
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_EQ(attempts, 3);
  EXPECT_EQ(to.got.size(), 1U);
  EXPECT_EQ(from.settled.begin()->second, consume::outcome::acked);
  EXPECT_EQ(h.meter.deliveries["a retry"], 2U);
}

TEST(service, what_a_sink_can_never_take_goes_to_quarantine_alone) {
  harness h;
  const listed_source& from = h.read({record_of(1), record_of(2), record_of(3)});
  const scripted_sink& to = h.write("a", [&](std::span<const alert* const> alerts) {
    for (const alert* const one : alerts) {
      if (one->event_id == "e2") {
        return emit::delivery_result{emit::delivery::refused, "too odd", std::nullopt};
      }
    }
    return emit::delivery_result{};
  });
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_EQ(std::set(to.got.begin(), to.got.end()), (std::set<std::string>{"e1", "e3"}));
  ASSERT_EQ(h.rejects.size(), 1U);
  EXPECT_EQ(h.rejects[0].kind, "refused");
  EXPECT_EQ(h.rejects[0].reason, "too odd");
  EXPECT_NE(h.rejects[0].bytes.find("\"event_id\":\"e2\""), std::string::npos);
  EXPECT_EQ(from.settled.size(), 3U);
}

TEST(service, poison_goes_to_quarantine_with_its_bytes_and_work_goes_on) {
  harness h;
  const listed_source& from = h.read({"no json", record_of(1), "\x1f\x8b broken gzip", ""});
  const scripted_sink& to = h.write("a");
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_EQ(to.got.size(), 1U);
  ASSERT_GE(h.rejects.size(), 2U);
  EXPECT_EQ(h.rejects.front().bytes, "no json");
  EXPECT_EQ(h.rejects.back().bytes, "\x1f\x8b broken gzip");
  EXPECT_EQ(h.rejects.back().place.offset, 2);
  EXPECT_EQ(from.settled.size(), 4U);
}

TEST(service, what_its_source_says_is_a_problem_goes_to_quarantine_as_it_is) {
  harness h;
  listed_source& from = h.read({record_of(1), record_of(2)});
  from.problems = {"it came too often"};
  scripted_sink& sink = h.write("file");
  const auto s = h.make();
  EXPECT_TRUE(s->run());
  ASSERT_EQ(h.rejects.size(), 1U);
  EXPECT_EQ(h.rejects[0].kind, "failed");
  EXPECT_EQ(h.rejects[0].reason, "it came too often");
  EXPECT_EQ(h.rejects[0].bytes, record_of(1));
  EXPECT_EQ(h.rejects[0].place.offset, 0);
  EXPECT_EQ(sink.got, std::vector<std::string>{"e2"});
  EXPECT_EQ(h.meter.records, 1U);
  ASSERT_EQ(from.settled.size(), 2U);
  for (const auto& [receipt, what] : from.settled) {
    EXPECT_EQ(what, consume::outcome::acked);
  }
}

TEST(service, acknowledges_nothing_while_the_quarantine_takes_nothing) {
  harness h;
  const listed_source& from = h.read({"no json"}, false);
  h.write("a");
  h.options.drain_timeout = milliseconds{50};
  h.keep = [](std::span<const reject>) {
    return kept_rejects{0, error{errc::output_failed, "disk full"}};
  };
  const auto all = h.make();
  std::thread running{[&] { EXPECT_EQ(all->run().failure().code, errc::interrupted); }};
  while (h.listener.conditions.pop() != "quarantine: disk full") {
  }
  all->stop();
  running.join();
  EXPECT_TRUE(from.settled.empty());
  EXPECT_EQ(h.meter.records, 0U);
}

TEST(service, keeps_what_comes_together_at_once_and_acknowledges_none_of_it_before) {
  harness h;
  std::vector<std::string> messages;
  for (int i = 0; i < 2000; ++i) {
    messages.push_back(i % 2 == 0 ? "no json" : record_of(i, "ListRoles"));
  }
  const listed_source& from = h.read(messages);
  h.write("a");
  bounded_queue<int> go{1};
  std::size_t attempts = 0, kept = 0;
  h.keep = [&](std::span<const reject> some) {
    EXPECT_LE(h.meter.rejected, kept) << "acknowledged before it was kept";
    go.pop();  // those that were read meanwhile come with the next attempt
    ++attempts;
    kept += some.size();
    return kept_rejects{some.size(), std::nullopt};
  };
  const auto all = h.make();
  std::thread running{[&] { EXPECT_TRUE(all->run().ok()); }};
  while (from.given() < 2000) {
    std::this_thread::yield();
  }
  go.close();
  running.join();
  EXPECT_EQ(kept, 1000U);
  EXPECT_LT(attempts, 100U);
  EXPECT_EQ(from.settled.size(), 2000U);
}

TEST(service, those_that_quarantine_has_taken_are_not_given_again) {
  harness h;
  const listed_source& from = h.read({"bad 1", "bad 2", "bad 3", record_of(1)});
  h.write("a");
  std::vector<std::string> kept;
  h.keep = [&](std::span<const reject> some) -> kept_rejects {
    kept.push_back(some.front().bytes);
    return some.size() == 1 ? kept_rejects{1, std::nullopt}
                            : kept_rejects{1, error{errc::too_large, "full"}};
  };
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_EQ(kept, (std::vector<std::string>{"bad 1", "bad 2", "bad 3"}));
  EXPECT_EQ(from.settled.size(), 4U);
}

TEST(service, a_sink_that_is_not_required_holds_nothing_up) {
  harness h;
  std::vector<std::string> messages;
  for (int i = 0; i < 3000; ++i) {
    messages.push_back(record_of(i));
  }
  const listed_source& from = h.read(messages);
  const scripted_sink& to = h.write("a");
  bounded_queue<int> hang{1};
  h.write(
      "slow",
      [&](auto) {
        hang.pop();
        return emit::delivery_result{};
      },
      false, 1);
  const auto all = h.make();
  std::thread running{[&] { EXPECT_TRUE(all->run().ok()); }};
  // The other sink has everything, whatever this one does.
  while (h.meter.records.load() < 3000) {
    std::this_thread::yield();
  }
  hang.close();
  running.join();
  EXPECT_EQ(to.got.size(), 3000U);
  EXPECT_EQ(from.settled.size(), 3000U);
  EXPECT_GT(h.meter.deliveries["slow dropped"], 0U);
}

TEST(service, takes_no_more_than_the_bound_while_a_sink_is_down) {
  harness h;
  std::vector<std::string> messages(2000, record_of(1));
  for (int i = 0; i < 2000; ++i) {
    messages[static_cast<std::size_t>(i)] = record_of(i);
  }
  listed_source& from = h.read(messages, false);
  h.options.in_flight_bytes_max = 10 * messages[0].size();
  h.options.drain_timeout = milliseconds{20};
  h.write("down", [](auto) {
    return emit::delivery_result{emit::delivery::retry, "down", milliseconds{10}};
  });
  const auto all = h.make();
  std::thread running{[&] { EXPECT_FALSE(all->run().ok()); }};
  while (h.listener.conditions.pop() != "sink down: down") {
  }
  all->stop();
  running.join();
  EXPECT_LE(from.most_open_, 12U);
  EXPECT_TRUE(from.settled.empty());
}

// The first batch is given up while the sink is at it, and read again.
TEST(service, what_is_given_up_takes_its_place_in_the_dedup_window_back) {
  harness h;
  h.options.lanes = 1;
  listed_source& from = h.read({record_of(1), record_of(1)});
  from.give_up_first = true;
  const scripted_sink& to = h.write("a", [&](auto) {
    from.give_up_now.store(true);
    from.first_is_away.pop();
    return emit::delivery_result{};
  });
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  // Once for the batch that was given up, which nobody could call back, and once for the other.
  EXPECT_EQ(to.got, (std::vector<std::string>{"e1", "e1"}));
  EXPECT_EQ(from.settled.size(), 2U);
  EXPECT_EQ(std::count_if(from.settled.begin(), from.settled.end(),
                          [](const auto& one) { return one.second == consume::outcome::acked; }),
            1);
  EXPECT_EQ(h.meter.alerts, 1U);
  EXPECT_EQ(h.meter.suppressed, 0U);
  EXPECT_EQ(h.meter.records, 1U);
}

TEST(service, what_a_source_reads_ahead_is_a_part_of_the_bound) {
  harness h;
  listed_source& from = h.read(std::vector<std::string>(2000, record_of(1)), false);
  h.options.in_flight_bytes_max = 10 * record_of(1).size();
  from.ahead = h.options.in_flight_bytes_max - 4 * record_of(1).size();
  h.options.drain_timeout = milliseconds{20};
  h.write("down", [](auto) {
    return emit::delivery_result{emit::delivery::retry, "down", milliseconds{10}};
  });
  const auto all = h.make();
  std::thread running{[&] { EXPECT_FALSE(all->run().ok()); }};
  while (h.listener.conditions.pop() != "sink down: down") {
  }
  all->stop();
  running.join();
  EXPECT_LE(from.most_open_, 6U);
}

TEST(service, a_source_that_fails_for_good_ends_it_with_the_reason) {
  harness h;
  listed_source& from = h.read({record_of(1)}, false);
  h.write("a");
  const auto all = h.make();
  from.fail_.store(true);
  EXPECT_EQ(all->run().failure().message, "the broker is gone for good");
}

TEST(service, what_is_read_again_causes_nothing) {
  harness h;
  listed_source& from = h.read({record_of(1), "no json", record_of(2)});
  from.again_ = 2;
  const scripted_sink& to = h.write("a");
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_EQ(to.got, (std::vector<std::string>{"e2"}));
  EXPECT_TRUE(h.rejects.empty());
  EXPECT_EQ(h.meter.records, 1U);
  EXPECT_EQ(h.meter.matched, 1U);
  EXPECT_EQ(h.meter.findings, 1U);
  EXPECT_EQ(from.settled.size(), 3U) << "they make room for others";
}

}  // namespace
}  // namespace trailbell::pipeline
