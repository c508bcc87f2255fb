#include "trailbell/emit/kafka_transaction_sink.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <utility>

#include "emit/group_positions.hpp"
#include "emit/transaction_quarantine.hpp"
#include "emit/transactional_producer.hpp"
#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::emit {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds init_wait{5'000};
constexpr milliseconds again_wait{100};
// What a message has beside its key and value, at most.
constexpr std::size_t message_overhead_bytes = 512;

bool is_fenced(rd_kafka_resp_err_t code) noexcept {
  return code == RD_KAFKA_RESP_ERR__FENCED || code == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
         code == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

// What no new producer puts right.
bool is_wrong_for_good(rd_kafka_resp_err_t code) noexcept {
  return code == RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT ||
         code == RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE;
}

class kafka_transaction_sink final : public transaction_sink {
 public:
  explicit kafka_transaction_sink(kafka_transaction_options options)
      : options_{std::move(options)}, quarantine_{options_.quarantine_topic} {}

  result<done> open_producer();
  transaction_result run(const transaction_content& content) override;
  [[nodiscard]] std::optional<std::string> refuses(const alert& what) const override;
  [[nodiscard]] std::optional<quarantine_records> records_of(
      const quarantine_entry& piece) const override;
  void on_idle() override;
  void hurry() override {
    hurried_.store(true);
    woken_.close();
  }

 private:
  std::optional<transaction_result> get_ready();
  txn_step store(const transaction_content& content);
  txn_step put_all(const transaction_content& content, transactional_producer::time end);
  template <class Step>
  txn_step until_over(Step step);
  void send_one_by_one(bool from_now_on);
  void judge_refusals(const transaction_content& content, transaction_result& went);
  transaction_result abort(const transaction_content& content, const txn_step& because,
                           bool in_doubt);
  transaction_result replace(const transaction_content& content, const txn_step& because,
                             bool in_doubt);
  transaction_result find_out(const transaction_content& content, const std::string& reason);
  [[nodiscard]] transaction_record record_of(const alert& what) const;
  [[nodiscard]] transaction_result fenced() const;
  void say(log_level level, const std::string& text) const;

  static transaction_result aborted(std::string reason) {
    return {transaction_outcome::aborted, "Kafka: " + std::move(reason), {}};
  }
  static transaction_result unusable(std::string reason) {
    return {transaction_outcome::unusable, "Kafka: " + std::move(reason), {}};
  }
  static transaction_result left_open() {
    return unusable("the process ended before a transaction did; what it held is read again");
  }

  kafka_transaction_options options_;
  transaction_quarantine quarantine_;
  std::size_t message_bytes_max_ = 0;
  std::unique_ptr<transactional_producer> producer_;
  bool ready_ = false;
  bool one_by_one_ = false;  // until it is known which alert the broker refuses
  std::atomic<bool> hurried_{false};
  bounded_queue<int> woken_{1};  // by hurry()
};

result<done> kafka_transaction_sink::open_producer() {
  producer_.reset();
  ready_ = false;
  result<std::unique_ptr<transactional_producer>> opened =
      transactional_producer::open(options_, {one_by_one_, quarantine_.together_bytes_max()});
  if (!opened) {
    return opened.failure();
  }
  producer_ = std::move(opened.value());
  if (message_bytes_max_ == 0) {  // once: refuses() reads it from another thread
    message_bytes_max_ = producer_->message_bytes_max();
    quarantine_.begin(message_bytes_max_);
  }
  return done{};
}

transaction_record kafka_transaction_sink::record_of(const alert& what) const {
  transaction_record record;
  record.topic = options_.to.topic;
  record.key = what.account_id.value_or("");
  append_alert(what, {options_.to.format, false, what.raw.has_value()}, record.value);
  record.value.pop_back();
  return record;
}

std::optional<std::string> kafka_transaction_sink::refuses(const alert& what) const {
  const transaction_record record = record_of(what);
  if (record.key.size() + record.value.size() + message_overhead_bytes <= message_bytes_max_) {
    return std::nullopt;
  }
  return "an alert is larger than message.max.bytes (" + std::to_string(message_bytes_max_) + ")";
}

std::optional<quarantine_records> kafka_transaction_sink::records_of(
    const quarantine_entry& piece) const {
  return quarantine_.topic().empty() ? std::nullopt : std::optional{quarantine_.records_of(piece)};
}

void kafka_transaction_sink::on_idle() {
  if (producer_) {
    producer_->attend(0);
  }
  if (!ready_ && !hurried_.load()) {
    get_ready();
  }
}

// The first call makes an end of what an earlier producer of this instance left open.
std::optional<transaction_result> kafka_transaction_sink::get_ready() {
  if (!producer_) {
    if (const result<done> opened = open_producer(); !opened) {
      return unusable(opened.failure().message);
    }
  }
  if (ready_) {
    return std::nullopt;
  }
  const txn_step step = producer_->init(init_wait);
  ready_ = step.next == txn_next::go_on;
  if (ready_ || step.next == txn_next::again) {
    return ready_ ? std::nullopt : std::optional{aborted(step.reason)};
  }
  if (is_fenced(step.code) && !options_.instance_is_ours) {
    return fenced();
  }
  producer_.reset();
  return is_wrong_for_good(step.code) ? unusable(step.reason) : aborted(step.reason);
}

transaction_result kafka_transaction_sink::run(const transaction_content& content) {
  if (std::optional<transaction_result> no = get_ready()) {
    return std::move(*no);
  }
  txn_step step = producer_->begin();
  if (step.next == txn_next::go_on) {
    step = store(content);
  }
  if (step.next == txn_next::abort || step.next == txn_next::again) {
    return abort(content, step, false);
  }
  if (step.next == txn_next::replace) {
    return replace(content, step, false);
  }
  step = until_over([this] { return producer_->commit(); });
  switch (step.next) {
    case txn_next::go_on:
      send_one_by_one(false);
      return {};
    case txn_next::again:
      return left_open();
    case txn_next::abort:
      return abort(content, step, true);
    case txn_next::replace:
      break;
  }
  return replace(content, step, true);
}

txn_step kafka_transaction_sink::store(const transaction_content& content) {
  const milliseconds timeout = producer_->transaction_timeout();
  const auto end = steady_clock::now() + timeout * 8 / 10;
  txn_step step = put_all(content, end);
  if (step.next != txn_next::go_on) {
    return step;
  }
  step = producer_->await_answers(end);
  if (step.next != txn_next::go_on || content.positions.empty()) {
    return step;
  }
  do {
    step = producer_->send_positions(content.positions, content.membership, timeout);
  } while (step.next == txn_next::again && steady_clock::now() < end && !hurried_.load());
  return step;
}

txn_step kafka_transaction_sink::put_all(const transaction_content& content,
                                         transactional_producer::time end) {
  std::size_t index = 0;
  for (const alert* const each : content.alerts) {
    if (txn_step step = producer_->put(record_of(*each), index++, end);
        step.next != txn_next::go_on) {
      return step;
    }
  }
  for (const transaction_record* const each : content.records) {
    if (txn_step step = producer_->put(*each, index++, end); step.next != txn_next::go_on) {
      return step;
    }
  }
  return {};
}

// librdkafka goes on with the step where it is called again.
template <class Step>
txn_step kafka_transaction_sink::until_over(Step step) {
  while (true) {
    const auto began = steady_clock::now();
    txn_step went = step();
    if (went.next != txn_next::again || hurried_.load()) {
      return went;
    }
    say(log_level::warning, went.reason + "; it goes on");
    if (steady_clock::now() - began < again_wait) {
      producer_->attend(static_cast<int>(again_wait.count()));
    }
  }
}

// From the next transaction on, by another producer.
void kafka_transaction_sink::send_one_by_one(bool from_now_on) {
  if (one_by_one_ != from_now_on) {
    one_by_one_ = from_now_on;
    producer_.reset();
    ready_ = false;
  }
}

// `in_doubt`: the commit was asked for, and may have been done by the time that it was given up.
transaction_result kafka_transaction_sink::abort(const transaction_content& content,
                                                 const txn_step& because, bool in_doubt) {
  const txn_step step = until_over([this] { return producer_->abort(); });
  if (step.next == txn_next::again) {
    return left_open();
  }
  if (step.next != txn_next::go_on) {
    return replace(content, step.code == RD_KAFKA_RESP_ERR_NO_ERROR ? because : step, in_doubt);
  }
  if (in_doubt) {
    return find_out(content, because.reason);
  }
  transaction_result went = aborted(because.reason);
  went.refused = producer_->take_refused();
  judge_refusals(content, went);
  return went;
}

// Records that are too large are made smaller: alerts that are refused beside them are refused
// again.
void kafka_transaction_sink::judge_refusals(const transaction_content& content,
                                            transaction_result& went) {
  const bool records =
      std::any_of(went.refused.begin(), went.refused.end(),
                  [&content](const auto& one) { return one.first >= content.alerts.size(); });
  if (!records) {
    if (went.refused.size() > 1 && !one_by_one_) {
      went.refused.clear();
      send_one_by_one(true);
    }
    return;
  }
  went.refused.clear();
  went.reason += "; it was what goes to quarantine, to topic " + quarantine_.topic();
  if (producer_->refused_as_too_large() && quarantine_.shrink()) {
    say(log_level::warning, "topic " + quarantine_.topic() +
                                " does not take messages that large: larger pieces come in "
                                "several, of " +
                                std::to_string(quarantine_.together_bytes_max()) +
                                " bytes; set max.message.bytes of the topic, or message.max.bytes "
                                "in the sink's properties");
    producer_.reset();
    ready_ = false;
  }
}

// The next producer's first call ends what this one left open.
transaction_result kafka_transaction_sink::replace(const transaction_content& content,
                                                   const txn_step& because, bool in_doubt) {
  if (is_fenced(because.code) && !options_.instance_is_ours) {
    return fenced();
  }
  say(log_level::warning, "a new producer: " + because.reason);
  producer_.reset();
  ready_ = false;
  while (!hurried_.load()) {
    std::optional<transaction_result> no = get_ready();
    if (!no) {
      return in_doubt ? find_out(content, because.reason) : aborted(because.reason);
    }
    if (no->what == transaction_outcome::unusable) {
      return std::move(*no);
    }
    say(log_level::warning, no->reason);
    bool hurried = false;
    woken_.pop_for(again_wait, hurried);
  }
  return left_open();
}

// Who stored the positions, if somebody did, was this transaction: up to here they were ours alone.
// Alerts that came with none that tells may be stored twice.
transaction_result kafka_transaction_sink::find_out(const transaction_content& content,
                                                    const std::string& reason) {
  std::vector<stored_position> telling = content.positions;
  std::erase_if(telling, [](const stored_position& each) { return !each.is_new; });
  if (telling.empty()) {
    return aborted(reason);
  }
  std::string cause;
  while (!hurried_.load()) {
    switch (are_stored(telling, options_, init_wait, cause)) {
      case stored::yes:
        return {};
      case stored::no:
        return aborted(reason);
      case stored::unknown:
        say(log_level::warning, "what became of a transaction is asked again: " + cause);
        producer_->attend(static_cast<int>(again_wait.count()));
    }
  }
  return left_open();
}

transaction_result kafka_transaction_sink::fenced() const {
  return unusable("another process has taken the place of this one: both have '" +
                  options_.instance +
                  "' as delivery.instance; give each one of its own, or leave it out");
}

void kafka_transaction_sink::say(log_level level, const std::string& text) const {
  if (options_.to.log) {
    options_.to.log(level, "Kafka sink: " + text);
  }
}

}  // namespace

result<std::unique_ptr<transaction_sink>> open_kafka_transaction_sink(
    kafka_transaction_options options) {
  if (options.to.brokers.empty() || options.to.topic.empty() || options.group_id.empty() ||
      options.instance.empty()) {
    return error{errc::usage,
                 "a transactional Kafka sink needs brokers, a topic, a group and an instance"};
  }
  auto made = std::make_unique<kafka_transaction_sink>(std::move(options));
  if (result<done> opened = made->open_producer(); !opened) {
    return opened.failure();
  }
  return std::unique_ptr<transaction_sink>{std::move(made)};
}

}  // namespace trailbell::emit
