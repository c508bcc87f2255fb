// A transactional producer: librdkafka's calls, and what each outcome asks for.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kafka/configuration.hpp"
#include "kafka/handle.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/emit/kafka_transaction_sink.hpp"

namespace trailbell::emit {

// What a step asks for.
enum class txn_next : std::uint8_t {
  go_on,
  again,    // the same step
  abort,    // the transaction
  replace,  // the producer
};

struct txn_step {
  txn_next next = txn_next::go_on;
  std::string reason;
  rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
};

class transactional_producer {
 public:
  using time = std::chrono::steady_clock::time_point;

  struct sending {
    bool one_by_one = false;  // a broker refuses messages together that were sent together
    std::size_t together_bytes_max = 0;  // of what is; 0: as many as there are
  };
  // Errors: usage.
  static result<std::unique_ptr<transactional_producer>> open(
      const kafka_transaction_options& options, sending how);
  transactional_producer(const transactional_producer&) = delete;
  transactional_producer& operator=(const transactional_producer&) = delete;

  txn_step init(std::chrono::milliseconds bound);
  txn_step begin();
  // Waits where the producer's queue is full. `index`: what a refusal is told by.
  txn_step put(const transaction_record& record, std::size_t index, time end);
  // Until all that was put is answered for.
  txn_step await_answers(time end);
  // Of what was put since begin().
  [[nodiscard]] std::vector<std::pair<std::size_t, std::string>> take_refused() {
    return std::exchange(refused_, {});
  }
  [[nodiscard]] bool refused_as_too_large() const noexcept { return too_large_; }
  txn_step send_positions(const std::vector<stored_position>& positions,
                          const std::string& membership, std::chrono::milliseconds bound);
  txn_step commit();
  txn_step abort();

  [[nodiscard]] std::size_t message_bytes_max() const noexcept { return message_bytes_max_; }
  [[nodiscard]] std::chrono::milliseconds transaction_timeout() const noexcept { return timeout_; }
  // Serves the log and the answers.
  void attend(int wait_ms);

 private:
  transactional_producer(const log_function& log, std::size_t bytes_max,
                         std::chrono::milliseconds timeout)
      : log_{log}, message_bytes_max_{bytes_max}, timeout_{timeout} {}

  static void on_answer(rd_kafka_t* client, const rd_kafka_message_t* message, void* context);
  static void on_error(rd_kafka_t* client, int code, const char* reason, void* context);
  static void on_log(const rd_kafka_t* client, int level, const char* facility, const char* text);
  void refuse(std::size_t index, rd_kafka_resp_err_t code);
  [[nodiscard]] txn_step judge(const char* doing, rd_kafka_error_t* failed) const;

  const log_function& log_;
  std::size_t message_bytes_max_;
  std::chrono::milliseconds timeout_;
  std::size_t waiting_ = 0;
  std::string failed_;  // the first answer that was neither good nor a refusal
  std::vector<std::pair<std::size_t, std::string>> refused_;
  bool too_large_ = false;       // that is why some are
  std::string trouble_;          // what librdkafka last complained of, before init() succeeded
  kafka::client_handle client_;  // destroyed first: its callbacks use the others
};

}  // namespace trailbell::emit
