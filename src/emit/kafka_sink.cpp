#include "trailbell/emit/kafka_sink.hpp"

#include <utility>
#include <vector>

#include "emit/kafka_producer.hpp"
#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::emit {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// librdkafka answers for a message within its time-out; this is for the answer's way.
constexpr milliseconds answer_wait{2'000};

// What a message has beside its key and value, at most.
constexpr std::size_t message_overhead_bytes = 512;

class kafka_sink final : public sink {
 public:
  explicit kafka_sink(kafka_sink_options options) : options_{std::move(options)} {}

  delivery_result deliver(std::span<const alert* const> alerts) override;
  [[nodiscard]] std::size_t alerts_max() const noexcept override { return options_.alerts_max; }
  void on_idle() override {
    if (producer_) {
      producer_->attend(0);
    }
  }

  // Not in the constructor: it can fail, and it keeps a reference to the options.
  result<done> open_producer();

 private:
  bool write(std::span<const alert* const> alerts);
  void put_all(std::span<const alert* const> alerts, kafka_producer::attempt& attempt);
  delivery_result judge(const kafka_producer::attempt& attempt);

  kafka_sink_options options_;
  std::string lines_;
  std::vector<std::size_t> ends_;  // of each alert's line in lines_, its newline left out
  std::unique_ptr<kafka_producer> producer_;
};

result<done> kafka_sink::open_producer() {
  result<std::unique_ptr<kafka_producer>> opened = kafka_producer::open(options_);
  if (!opened) {
    return opened.failure();
  }
  producer_ = std::move(opened.value());
  return done{};
}

// False: one of them is larger than any message.
bool kafka_sink::write(std::span<const alert* const> alerts) {
  lines_.clear();
  ends_.clear();
  for (const alert* each : alerts) {
    const std::size_t begin = lines_.size();
    append_alert(*each, {options_.format, false, each->raw.has_value()}, lines_);
    lines_.pop_back();
    ends_.push_back(lines_.size());
    if (lines_.size() - begin + each->account_id.value_or("").size() + message_overhead_bytes >
        producer_->message_bytes_max()) {
      return false;
    }
  }
  return true;
}

void kafka_sink::put_all(std::span<const alert* const> alerts, kafka_producer::attempt& attempt) {
  const std::string_view lines{lines_};
  std::size_t begin = 0;
  for (std::size_t i = 0; i < alerts.size(); ++i) {
    producer_->put({alerts[i]->account_id.value_or(""), lines.substr(begin, ends_[i] - begin)},
                   attempt);
    begin = ends_[i];
  }
}

delivery_result kafka_sink::deliver(std::span<const alert* const> alerts) {
  if (!producer_) {
    if (const result<done> opened = open_producer(); !opened) {
      return {delivery::retry, opened.failure().message, std::nullopt};
    }
  }
  if (!write(alerts)) {
    // Before any of them is stored: so none is stored twice when they come one by one.
    return {delivery::refused,
            "an alert is larger than message.max.bytes (" +
                std::to_string(producer_->message_bytes_max()) + ")",
            std::nullopt};
  }
  kafka_producer::attempt attempt;
  put_all(alerts, attempt);
  producer_->finish(attempt, steady_clock::now() + options_.timeout + answer_wait);
  return judge(attempt);
}

delivery_result kafka_sink::judge(const kafka_producer::attempt& attempt) {
  const std::string fatal = producer_->fatal_error();
  if (!fatal.empty() || attempt.waiting > 0) {
    const std::string reason =
        fatal.empty() ? producer_->with_trouble("no answer within " +
                                                std::to_string(options_.timeout.count()) + " ms")
                      : fatal;
    producer_->discard();
    producer_.reset();
    if (options_.log) {
      options_.log(log_level::warning, "Kafka sink: a new producer: " + reason);
    }
    return {delivery::retry, "Kafka: " + reason, std::nullopt};
  }
  if (attempt.refused || attempt.failed) {
    return {attempt.refused ? delivery::refused : delivery::retry,
            producer_->with_trouble("Kafka topic " + options_.topic + ": " + attempt.reason),
            std::nullopt};
  }
  return {};
}

}  // namespace

result<std::unique_ptr<sink>> open_kafka_sink(kafka_sink_options options) {
  if (options.brokers.empty() || options.topic.empty()) {
    return error{errc::usage, "a Kafka sink needs brokers and a topic"};
  }
  auto made = std::make_unique<kafka_sink>(std::move(options));
  if (result<done> opened = made->open_producer(); !opened) {
    return opened.failure();
  }
  return std::unique_ptr<sink>{std::move(made)};
}

}  // namespace trailbell::emit
