// Lag, and the watch over partitions that stand still although there is more to read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "consume/kafka_group.hpp"
#include "consume/kafka_ping.hpp"

namespace trailbell::consume {

class kafka_progress {
 public:
  // `answers`: the queue that the ends of the partitions come to; `wake`: see kafka_ping.
  kafka_progress(rd_kafka_t* client, rd_kafka_queue_t* answers, const kafka_source_options& options,
                 bool read_committed, kafka_ping::wake_function wake, void* told);

  void attend(const kafka_group& group, steady_time now);
  // An answer is still to come to the queue, within its time-out.
  [[nodiscard]] bool is_asking() const noexcept { return asked_; }
  // What came of asking: empty where the brokers answered, else why there is no answer.
  [[nodiscard]] std::string on_ends(rd_kafka_event_t* event, kafka_group& group, steady_time now);
  [[nodiscard]] std::optional<std::string> take_ping();

  [[nodiscard]] static std::vector<partition_lag> lags(const kafka_group& group);
  // Of those that stand still, the first; empty: none does.
  [[nodiscard]] static std::string stalled(const kafka_group& group);

 private:
  void watch(kafka_partition& partition, steady_time now) const;

  rd_kafka_t* client_;
  rd_kafka_queue_t* answers_;
  const kafka_source_options& options_;
  kafka::admin_options_handle asking_ends_;
  steady_time last_asked_{};
  bool asked_ = false;
  bool answered_ = true;  // the last time
  kafka_ping ping_;
};

}  // namespace trailbell::consume
