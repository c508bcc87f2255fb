#include "trailbell/emit/quarantine_topic.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "emit/kafka_producer.hpp"
#include "emit/quarantine_message.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::emit {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// librdkafka answers for a message within its time-out; this is for the answer's way.
constexpr milliseconds answer_wait{1'000};
// What librdkafka takes as message.max.bytes, at least.
constexpr std::size_t message_bytes_min = 1'000;

kafka_sink_options producer_options(const quarantine_topic_options& from) {
  kafka_sink_options options;
  options.name = "Kafka quarantine";
  options.brokers = from.brokers;
  options.topic = from.topic;
  options.properties = from.properties;
  options.tokens = from.tokens;
  options.timeout = from.timeout;
  options.log = from.log;
  return options;
}

class quarantine_topic final : public quarantine {
 public:
  explicit quarantine_topic(const quarantine_topic_options& options)
      : options_{producer_options(options)} {}

  kept_entries put(std::span<const quarantine_entry> entries) override {
    while (true) {
      if (!producer_) {
        if (const result<done> opened = open_producer(); !opened) {
          return {0, opened.failure()};
        }
      }
      kept_entries kept;
      kafka_producer::attempt attempt;
      for (const quarantine_entry& entry : entries) {
        const quarantine_messages made =
            messages_of(entry, producer_->message_bytes_max(), system_now_ns());
        for (const quarantine_message& part : made.parts) {
          producer_->put({part.key, part.value, part.headers}, attempt);
        }
        kept.cut += made.is_cut ? 1 : 0;
      }
      producer_->finish(attempt, steady_clock::now() + options_.timeout + answer_wait);
      if (std::optional<error> failure = judge(attempt)) {
        return {0, std::move(failure)};
      }
      if (!attempt.too_large) {
        kept.count = entries.size();
        return kept;
      }
    }
  }

  void attend() override {
    if (producer_) {
      producer_->attend(0);
    }
  }

  // Not in the constructor: it can fail, and it keeps a reference to the options.
  result<done> open_producer() {
    result<std::unique_ptr<kafka_producer>> opened = kafka_producer::open(options_);
    if (!opened) {
      return opened.failure();
    }
    producer_ = std::move(opened.value());
    return done{};
  }

 private:
  // Nothing where all are stored, or where it is worth trying again at once with smaller messages.
  std::optional<error> judge(const kafka_producer::attempt& attempt) {
    const std::string where = options_.topic + " at " + options_.brokers;
    const std::string fatal = producer_->fatal_error();
    if (!fatal.empty() || attempt.waiting > 0) {
      const std::string why = fatal.empty() ? producer_->with_trouble("no answer in time") : fatal;
      producer_->discard();
      producer_.reset();
      return error{errc::output_failed, "Kafka topic " + where + ": " + why};
    }
    if (attempt.too_large && producer_->message_bytes_max() > message_bytes_min) {
      shrink();
      return std::nullopt;
    }
    if (attempt.refused || attempt.failed) {
      return error{
          errc::output_failed,
          producer_->with_trouble("Kafka topic " + where +
                                  " does not take what cannot be read: " + attempt.reason)};
    }
    return std::nullopt;
  }

  // A batch of messages counts as one against the topic's limit; the producer's bounds both.
  void shrink() {
    const std::size_t before = producer_->message_bytes_max();
    const std::size_t now = std::max(before / 2, message_bytes_min);
    options_.properties["message.max.bytes"] = std::to_string(now);
    producer_.reset();
    if (options_.log) {
      options_.log(log_level::warning, "topic " + options_.topic + " takes no messages of " +
                                           std::to_string(before) + " bytes: larger pieces come " +
                                           "in several, of " + std::to_string(now) +
                                           " bytes; set max.message.bytes of the topic, or " +
                                           "message.max.bytes in quarantine.kafka.properties");
    }
  }

  kafka_sink_options options_;
  std::unique_ptr<kafka_producer> producer_;
};

}  // namespace

result<std::unique_ptr<quarantine>> open_quarantine_topic(quarantine_topic_options options) {
  if (options.brokers.empty() || options.topic.empty()) {
    return error{errc::usage, "a Kafka quarantine needs brokers and a topic"};
  }
  auto made = std::make_unique<quarantine_topic>(options);
  if (result<done> opened = made->open_producer(); !opened) {
    return opened.failure();
  }
  return std::unique_ptr<quarantine>{std::move(made)};
}

}  // namespace trailbell::emit
