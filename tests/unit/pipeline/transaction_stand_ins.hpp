// What stands around a service that stores by transactions: a log that can be read again, and a
// sink that keeps what was committed.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/consume/ledger.hpp"
#include "trailbell/pipeline/service.hpp"

// Not beside those of service_stand_ins.hpp, which have the same names.
namespace trailbell::pipeline::transactional {

using consume::receipt_id;
using std::chrono::milliseconds;

inline std::string record_of(int number) {
  return R"({"eventVersion":"1.08","eventSource":"iam.amazonaws.com","eventName":"CreatePolicy",)"
         R"("eventID":"e)" +
         std::to_string(number) + "\"}";
}

constexpr int poison = 13;  // each message whose number it divides, with poison

inline std::vector<std::string> records(int count, bool with_poison = false) {
  std::vector<std::string> all;
  for (int i = 0; i < count; ++i) {
    all.push_back(with_poison && i % poison == 0 ? "{ no json" : record_of(i));
  }
  return all;
}

// One partition, a message a batch; it is read again from the watermark after a nack.
class log_source final : public consume::source {
 public:
  // `reads_again`: what was settled, after a nack, for the windows of stateful rules.
  explicit log_source(std::vector<std::string> messages, bool reads_again = false)
      : messages_{std::move(messages)}, reads_again_{reads_again} {}

  [[nodiscard]] const char* name() const noexcept override { return "kafka"; }
  result<std::optional<consume::source_batch>> take(milliseconds) override {
    const std::int64_t at = ledger_.next_expected();
    if (!again_.empty()) {
      consume::source_batch next = std::move(again_.front());
      again_.pop_front();
      return std::optional{std::move(next)};
    }
    if (stopped_ || given_up_ || at == static_cast<std::int64_t>(messages_.size())) {
      std::this_thread::yield();
      return std::optional<consume::source_batch>{};
    }
    consume::source_batch made;
    made.receipt = ++receipts_;
    made.place = {source_kind::kafka, "topic", "", 3, at};
    if (std::exchange(start_is_due, false)) {
      made.what = consume::reading::start;
      made.end = at;
      ledger_.open(made.receipt, at);
      return std::optional{made};
    }
    made.end = at + 1;
    made.objects.push_back({messages_[static_cast<std::size_t>(at)], at});
    made.bytes = messages_[static_cast<std::size_t>(at)].size();
    ledger_.open(made.receipt, made.end);
    if (on_take) {
      on_take(at);
    }
    return std::optional{made};
  }
  result<done> attend() override { return done{}; }
  void settle(receipt_id receipt, consume::outcome what) override {
    if (what == consume::outcome::acked) {
      ledger_.ack(receipt);
      acked.store(ledger_.watermark());
      return;
    }
    ++nacked;
    if (on_nack) {
      on_nack();
    }
    std::vector<receipt_id> others = ledger_.outstanding();
    if (ledger_.nack(receipt)) {
      std::erase(others, receipt);
      if (reads_again_) {
        begin_again();
      }
      told_.insert(told_.end(), others.begin(), others.end());
    }
  }
  std::vector<receipt_id> take_given_up() override {
    if (give_up.exchange(false)) {
      given_up_ = true;
      return ledger_.outstanding();
    }
    return std::exchange(told_, {});
  }
  std::optional<std::string> take_membership() override {
    return std::exchange(membership_, std::nullopt);
  }
  void stop() override { stopped_ = true; }
  result<done> close() override { return done{}; }
  [[nodiscard]] bool ended() const noexcept override {
    return ledger_.watermark() == static_cast<std::int64_t>(messages_.size()) || given_up_;
  }
  [[nodiscard]] consume::source_status status() const override { return {}; }

  void begin_again() {
    again_.clear();
    for (const consume::reading what :
         {consume::reading::begins, consume::reading::again, consume::reading::resumes}) {
      consume::source_batch made;
      made.receipt = ++receipts_;
      made.what = what;
      made.place = {source_kind::kafka, "topic", "", 3, 0};
      const std::int64_t below = what == consume::reading::again ? ledger_.next_expected() : 0;
      for (std::int64_t at = 0; at < below; ++at) {
        made.objects.push_back({messages_[static_cast<std::size_t>(at)], at});
      }
      if (what != consume::reading::again || below > 0) {
        again_.push_back(std::move(made));
      }
    }
  }

  bool start_is_due = false;  // before it is read
  std::atomic<std::int64_t> acked{0};
  std::atomic<int> nacked{0};
  std::atomic<bool> give_up{false};
  std::function<void(std::int64_t)> on_take{};  // an offset; on the source's thread
  std::function<void()> on_nack{};              // the same

 private:
  std::vector<std::string> messages_;
  bool reads_again_ = false;
  std::deque<consume::source_batch> again_;
  consume::partition_ledger ledger_{0};
  receipt_id receipts_ = 0;
  std::vector<receipt_id> told_;
  std::optional<std::string> membership_ = "member";
  bool stopped_ = false, given_up_ = false;
};

class kept_transactions final : public emit::transaction_sink {
 public:
  using script = std::function<emit::transaction_result(const emit::transaction_content&)>;
  explicit kept_transactions(script how) : how_{std::move(how)} {}

  emit::transaction_result run(const emit::transaction_content& content) override {
    EXPECT_EQ(content.membership, "member");
    ++runs;
    emit::transaction_result said = how_ ? how_(content) : emit::transaction_result{};
    if (said.what == emit::transaction_outcome::committed) {
      for (const alert* const each : content.alerts) {
        got.push_back(std::string{each->event_id.value_or("")});
      }
      for (const emit::transaction_record* const each : content.records) {
        kept.push_back(each->key);
      }
      if (content.positions.empty()) {
        return said;  // what came due when the source had ended
      }
      notes += content.positions.front().note.empty() ? 0 : 1;
      EXPECT_EQ(content.positions.size(), 1U);
      EXPECT_GT(content.positions.front().next, position);
      position = content.positions.front().next;
    }
    return said;
  }
  [[nodiscard]] std::optional<std::string> refuses(const alert& what) const override {
    if (on_refuses) {
      on_refuses(what);
    }
    return what.event_id == "e7" ? std::optional<std::string>{"too large"} : std::nullopt;
  }

  [[nodiscard]] std::optional<emit::quarantine_records> records_of(
      const emit::quarantine_entry& piece) const override {
    if (!takes_rejects) {
      return std::nullopt;
    }
    emit::quarantine_records made;
    made.records.push_back({"q", to_string(piece.place), std::string{piece.bytes}, {}});
    made.is_cut = true;
    return made;
  }
  void on_idle() override {
    if (runs > 0) {
      idle.close();
    }
  }

  bool takes_rejects = false;
  std::vector<std::string> got, kept;
  int notes = 0;
  std::int64_t position = -1;
  std::atomic<int> runs{0};
  bounded_queue<int> idle{1};                      // closed: nothing was to be done for a while
  std::function<void(const alert&)> on_refuses{};  // on the settling thread

 private:
  script how_;
};

class optional_sink final : public emit::sink {
 public:
  emit::delivery_result deliver(std::span<const alert* const> alerts) override {
    for (const alert* const each : alerts) {
      got.push_back(std::string{each->event_id.value_or("")});
    }
    return {};
  }
  [[nodiscard]] std::size_t alerts_max() const noexcept override { return 10; }
  std::vector<std::string> got;
};

class counting_meter final : public observe::meter {
 public:
  void add(std::string_view, const batch_counts& counts, std::int64_t) override {
    records += counts.decoded.records;
    cut += counts.quarantine_cut;
    for (const auto& [rule, count] : counts.alerts) {
      alerts += count;
    }
  }
  void add_delivery(std::string_view, std::string_view, std::uint64_t, double) override {}
  void set_lags(std::span<const partition_lag>) override {}
  void add_group_events(const observe::group_events&) override {}
  void set_in_flight_bytes(std::uint64_t) override {}
  void set_rules(std::span<const std::string>) override {}
  void add_reload_failure() override {}
  void add_transaction(std::string_view outcome) override { ++transactions[std::string{outcome}]; }

  std::uint64_t records = 0, alerts = 0, cut = 0;
  std::map<std::string, int> transactions;
};

class quiet_listener final : public service_listener {
 public:
  void on_trouble(std::string_view, const std::string&) override {}
  void on_condition(const std::string&, const std::string&) override {}
  void on_beat() override { ++beats; }
  std::atomic<int> beats{0};
};

struct harness {
  explicit harness(int messages, kept_transactions::script how = {}, bool with_poison = false)
      : harness{records(messages, with_poison), std::move(how)} {
    to->takes_rejects = with_poison;
  }
  harness(std::vector<std::string> messages, kept_transactions::script how,
          bool reads_again = false) {
    auto made = std::make_unique<log_source>(std::move(messages), reads_again);
    from = made.get();
    sources.push_back(std::move(made));
    auto transactions = std::make_unique<kept_transactions>(std::move(how));
    to = transactions.get();
    sinks.push_back({"kafka", true, nullptr, std::move(transactions)});
    auto beside = std::make_unique<optional_sink>();
    other = beside.get();
    sinks.push_back({"other", false, std::move(beside), nullptr});
  }
  // Every alert once, in order, and what follows from it.
  void expect_all(int messages) const {
    std::vector<std::string> expected;
    for (int i = 0; i < messages; ++i) {
      if (i != 7) {
        expected.push_back("e" + std::to_string(i));
      }
    }
    EXPECT_EQ(to->got, expected);
    EXPECT_EQ(other->got, expected) << "only what was committed, and all of it";
    EXPECT_EQ(to->position, messages);
    EXPECT_EQ(from->acked.load(), messages);
    EXPECT_EQ(meter.records, static_cast<std::uint64_t>(messages)) << "counted once";
  }
  std::unique_ptr<service> make() {
    return std::make_unique<service>(
        options, rules, std::move(sources), std::move(sinks),
        [this](std::span<const reject> some) -> kept_rejects {
          if (is_full && is_full()) {
            return {0, error{errc::too_large, "full"}};
          }
          rejects.insert(rejects.end(), some.begin(), some.end());
          return {some.size(), std::nullopt};
        },
        meter, listener);
  }

  std::vector<std::unique_ptr<consume::source>> sources;
  std::vector<service_sink> sinks;
  log_source* from;
  kept_transactions* to;
  optional_sink* other;
  std::shared_ptr<const detect::rule_set> rules = detect::builtin_rule_set();
  std::vector<reject> rejects;
  std::function<bool()> is_full;  // the quarantine
  counting_meter meter;
  quiet_listener listener;
  service_options options;
};

}  // namespace trailbell::pipeline::transactional
