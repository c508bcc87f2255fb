// The engine with real threads, between a source and sinks that the test holds in its hands.
#include "trailbell/pipeline/service.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "trailbell/base/bounded_queue.hpp"

namespace trailbell::pipeline {
namespace {

using std::chrono::milliseconds;

std::string record_of(int number, const char* name = "CreatePolicy") {
  const std::string id = std::to_string(number);
  return R"({"eventVersion":"1.08","eventTime":"2026-01-01T00:00:00Z","eventSource":)"
         R"("iam.amazonaws.com","eventName":")" +
         std::string{name} + R"(","eventID":"e)" + id + "\"}";
}

// Batches of one message each; what was settled, and how.
class listed_source final : public consume::source {
 public:
  explicit listed_source(std::vector<std::string> messages, bool ends = true)
      : messages_{std::move(messages)}, ends_{ends} {}

  [[nodiscard]] const char* name() const noexcept override { return "kafka"; }
  result<std::optional<consume::source_batch>> take(milliseconds wait) override {
    if (fail_.load()) {
      return error{errc::unreadable, "the broker is gone for good"};
    }
    if (next_ == messages_.size() || stopped_) {
      std::this_thread::yield();
      (void)wait;
      return std::optional<consume::source_batch>{};
    }
    consume::source_batch made;
    made.receipt = (next_ % 2 == 0 ? 1'000'000 : 0) + next_ + 1;  // in no order
    made.place = {source_kind::kafka, "topic", "", 3, 0};
    made.objects.push_back({messages_[next_], static_cast<std::int64_t>(next_)});
    made.bytes = messages_[next_].size();
    given_.store(++next_);
    most_open_ = std::max(most_open_, ++open_);
    return std::optional{made};
  }
  result<done> attend() override { return done{}; }
  void settle(consume::receipt_id receipt, consume::outcome what) override {
    settled[receipt] = what;
    --open_;
  }
  void stop() override { stopped_ = true; }
  result<done> close() override { return done{}; }
  [[nodiscard]] bool ended() const noexcept override { return ends_ && next_ == messages_.size(); }
  [[nodiscard]] consume::source_status status() const override { return {}; }

  [[nodiscard]] std::size_t given() const noexcept { return given_.load(); }

  std::map<consume::receipt_id, consume::outcome> settled;
  std::atomic<bool> fail_{false};
  std::size_t most_open_ = 0;

 private:
  std::vector<std::string> messages_;
  std::size_t next_ = 0, open_ = 0;
  std::atomic<std::size_t> given_{0};
  bool ends_, stopped_ = false;
};

class scripted_sink final : public emit::sink {
 public:
  using script = std::function<emit::delivery_result(std::span<const alert* const>)>;
  explicit scripted_sink(script how = {}, std::size_t most = 100)
      : how_{std::move(how)}, most_{most} {}

  emit::delivery_result deliver(std::span<const alert* const> alerts) override {
    const emit::delivery_result said = how_ ? how_(alerts) : emit::delivery_result{};
    if (said.what == emit::delivery::accepted) {
      for (const alert* const one : alerts) {
        got.push_back(std::string{one->event_id.value_or("")});
        places.push_back(to_string(one->place));
      }
    }
    return said;
  }
  [[nodiscard]] std::size_t alerts_max() const noexcept override { return most_; }

  std::vector<std::string> got, places;

 private:
  script how_;
  std::size_t most_;
};

class counting_meter final : public observe::meter {
 public:
  void add(std::string_view, const batch_counts& counts, std::int64_t) override {
    records += counts.decoded.records;
    matched += counts.matched;
    rejected += counts.decoded.rejected;
    findings += counts.findings;
    suppressed += counts.suppressed_by_dedup + counts.suppressed_by_rule;
    for (const auto& [rule, count] : counts.alerts) {
      alerts += count;
    }
    for (const auto& [name, outcomes] : counts.policy_changes) {
      changes += outcomes[0] + outcomes[1];
    }
  }
  void add_delivery(std::string_view sink, std::string_view outcome, std::uint64_t count,
                    double) override {
    const std::lock_guard lock{mutex_};
    deliveries[std::string{sink} + " " + std::string{outcome}] += count;
  }
  void set_lags(std::span<const partition_lag>) override {}
  void add_group_events(const observe::group_events&) override {}
  void set_in_flight_bytes(std::uint64_t) override {}
  void set_rules(std::span<const std::string>) override {}
  void add_reload_failure() override {}

  std::atomic<std::uint64_t> records{0};
  std::uint64_t matched = 0, rejected = 0, findings = 0, suppressed = 0, alerts = 0;
  std::uint64_t changes = 0;
  std::map<std::string, std::uint64_t> deliveries;

 private:
  std::mutex mutex_;
};

class quiet_listener final : public service_listener {
 public:
  void on_trouble(std::string_view, const std::string&) override {}
  void on_condition(const std::string& part, const std::string& why) override {
    conditions.try_push(part + ": " + why);
  }
  void on_beat() override {}
  bounded_queue<std::string> conditions{100};
};

struct harness {
  std::vector<std::unique_ptr<consume::source>> sources;
  std::vector<service_sink> sinks;
  std::vector<reject> rejects;
  service::keep_rejects keep = [this](std::span<const reject> some) -> kept_rejects {
    rejects.insert(rejects.end(), some.begin(), some.end());
    return {some.size(), std::nullopt};
  };
  counting_meter meter;
  quiet_listener listener;
  service_options options;

  listed_source& read(std::vector<std::string> messages, bool ends = true) {
    auto made = std::make_unique<listed_source>(std::move(messages), ends);
    listed_source& shown = *made;
    sources.push_back(std::move(made));
    return shown;
  }
  // The service owns sources and sinks: what they saw outlives it by shared state only while it is
  // not destroyed.
  scripted_sink& write(const char* name, scripted_sink::script how = {}, bool required = true,
                       std::size_t most = 100) {
    auto made = std::make_unique<scripted_sink>(std::move(how), most);
    scripted_sink& shown = *made;
    sinks.push_back({name, required, std::move(made)});
    return shown;
  }
  std::unique_ptr<service> make() {
    return std::make_unique<service>(options, detect::builtin_rule_set(), std::move(sources),
                                     std::move(sinks), keep, meter, listener);
  }
};

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

TEST(service, a_source_that_fails_for_good_ends_it_with_the_reason) {
  harness h;
  listed_source& from = h.read({record_of(1)}, false);
  h.write("a");
  const auto all = h.make();
  from.fail_.store(true);
  EXPECT_EQ(all->run().failure().message, "the broker is gone for good");
}

}  // namespace
}  // namespace trailbell::pipeline
