// Whether any broker is there, asked without waiting: rd_kafka_metadata() waits, so it does on a
// thread of its own, one a question.
//
// librdkafka's admin client would need no thread, and is no way. The answer to what a coordinator
// was asked uses memory that was freed, where the question has timed out by then or could not be
// sent (confluentinc/librdkafka issue 4605; seen with ListConsumerGroupOffsets of 2.8 in every
// outage longer than the time-out); DescribeConsumerGroups can lock its thread for ever;
// DescribeCluster ends the process where a broker that has just started knows of none; ListOffsets
// tries again without a pause to reach one that is away.
//
// Thread-safety: one thread owns it. Ownership: borrows the client; the destructor waits for an
// open question, for ping_wait at the most.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>

#include "kafka/handle.hpp"

namespace trailbell::consume {

inline constexpr std::chrono::milliseconds ping_wait{3'000};

class kafka_ping {
 public:
  // `wake(client, told)` is called, on the question's thread, once there is an answer.
  using wake_function = void (*)(rd_kafka_t*, void*);
  kafka_ping(rd_kafka_t* client, wake_function wake, void* told)
      : client_{client}, wake_{wake}, told_{told} {}

  // Where no question is open.
  void ask();
  [[nodiscard]] bool is_asking() const noexcept { return asking_; }
  // Once; nothing where there is none yet.
  [[nodiscard]] std::optional<rd_kafka_resp_err_t> take_answer();

 private:
  rd_kafka_t* client_;
  wake_function wake_;
  void* told_;
  bool asking_ = false;
  std::atomic<bool> answered_{false};
  rd_kafka_resp_err_t answer_ = RD_KAFKA_RESP_ERR_NO_ERROR;  // the thread's, until answered_
  std::jthread thread_;
};

}  // namespace trailbell::consume
