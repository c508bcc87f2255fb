// What stands around a service under test: a source that gives what it was told, sinks that do what
// a script says, a meter that counts.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/pipeline/service.hpp"

namespace trailbell::pipeline {

using std::chrono::milliseconds;

inline std::string record_of(int number, const char* name = "CreatePolicy") {
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
    const bool wait_for_first = give_up_first && next_ == 1 && settled.empty();
    if (next_ == messages_.size() || stopped_ || wait_for_first) {
      std::this_thread::yield();
      (void)wait;
      return std::optional<consume::source_batch>{};
    }
    consume::source_batch made;
    made.receipt = (next_ % 2 == 0 ? 1'000'000 : 0) + next_ + 1;  // in no order
    made.place = {kind, "topic", "", 3, 0};
    made.objects.push_back({messages_[next_], static_cast<std::int64_t>(next_)});
    made.bytes = messages_[next_].size();
    made.problem = next_ < problems.size() ? problems[next_] : "";
    made.what = next_ < again_ ? consume::reading::again : consume::reading::fresh;
    given_.store(++next_);
    most_open_ = std::max(most_open_, ++open_);
    return std::optional{made};
  }
  result<done> attend() override { return done{}; }
  void settle(consume::receipt_id receipt, consume::outcome what) override {
    settled[receipt] = what;
    --open_;
    first_is_away.close();
  }
  void stop() override { stopped_ = true; }
  result<done> close() override {
    closed.store(true);
    return done{};
  }
  [[nodiscard]] std::size_t ahead_bytes() const noexcept override { return ahead; }
  [[nodiscard]] bool ended() const noexcept override { return ends_ && next_ == messages_.size(); }
  [[nodiscard]] consume::source_status status() const override { return {}; }

  std::vector<consume::receipt_id> take_given_up() override {
    if (!give_up_now.load() || told_) {
      return {};
    }
    told_ = true;
    return give_up_first ? std::vector<consume::receipt_id>{1'000'001}
                         : std::vector<consume::receipt_id>{};
  }
  [[nodiscard]] std::size_t given() const noexcept { return given_.load(); }

  source_kind kind = source_kind::kafka;
  std::map<consume::receipt_id, consume::outcome> settled;
  std::size_t ahead = 0;
  bool give_up_first = false;  // and only then take the next
  std::atomic<bool> give_up_now{false};
  bounded_queue<int> first_is_away{1};
  std::atomic<bool> fail_{false};
  std::atomic<bool> closed{false};
  std::size_t most_open_ = 0;
  std::size_t again_ = 0;             // so many of the first are read again
  std::vector<std::string> problems;  // of the first

 private:
  std::vector<std::string> messages_;
  std::size_t next_ = 0, open_ = 0;
  std::atomic<std::size_t> given_{0};
  bool ends_, stopped_ = false, told_ = false;
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
  bool has(const std::string& delivery) {
    const std::lock_guard lock{mutex_};
    return deliveries.contains(delivery);
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
  std::shared_ptr<const detect::rule_set> rules = detect::builtin_rule_set();

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
    sinks.push_back({name, required, std::move(made), nullptr});
    return shown;
  }
  std::unique_ptr<service> make() {
    return std::make_unique<service>(options, rules, std::move(sources), std::move(sinks), keep,
                                     meter, listener);
  }
};

}  // namespace trailbell::pipeline
