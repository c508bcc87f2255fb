// An idempotent producer that stores messages and says, for each attempt, how it went.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "kafka/configuration.hpp"
#include "kafka/handle.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/emit/kafka_sink.hpp"

namespace trailbell::emit {

// What every producer of alerts is set to. Errors: usage.
result<done> configure_producer(kafka::configuration& configuration,
                                const kafka_sink_options& options);
// The brokers will never store this message.
[[nodiscard]] bool never_taken(rd_kafka_resp_err_t code) noexcept;

class kafka_producer {
 public:
  // Errors: usage.
  static result<std::unique_ptr<kafka_producer>> open(const kafka_sink_options& options);

  // What became of one attempt's messages.
  struct attempt {
    std::size_t waiting = 0;
    bool refused = false;
    bool failed = false;
    bool too_large = false;  // one was refused for that
    std::string reason;      // of the first that was refused, else of the first that failed
    void note(rd_kafka_resp_err_t code);
  };

  struct message {
    std::string_view key, value;
    std::span<const std::pair<std::string_view, std::string>> headers = {};
  };

  // Takes a message for `into`, which has to live until it waits for none, or until discard().
  void put(const message& what, attempt& into);
  // Until none waits, or the time has come.
  void finish(attempt& what, std::chrono::steady_clock::time_point end);
  // Nothing that was put is answered for any more.
  void discard();

  // Empty where there was none. The producer is of no use after one.
  [[nodiscard]] std::string fatal_error() const;
  // A time-out says nothing of its cause, such as a password that is wrong: what librdkafka last
  // complained of, since something was stored, behind the reason.
  [[nodiscard]] std::string with_trouble(std::string reason) const;
  [[nodiscard]] std::size_t message_bytes_max() const noexcept { return message_bytes_max_; }
  // Serves the log.
  void attend(int wait_ms);

 private:
  kafka_producer(kafka::client_handle client, kafka::topic_handle topic, std::size_t bytes_max,
                 const kafka_sink_options& options);

  kafka::client_handle client_;
  kafka::topic_handle topic_;
  kafka::queue_handle queue_;
  std::size_t message_bytes_max_;
  std::string trouble_;
  const kafka_sink_options& options_;
};

}  // namespace trailbell::emit
