// librdkafka's mock cluster: brokers in this process, for tests of what talks to Kafka.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kafka/handle.hpp"

namespace trailbell::test {

class mock_kafka {
 public:
  explicit mock_kafka(int brokers = 1);
  ~mock_kafka();

  [[nodiscard]] std::string brokers() const;
  [[nodiscard]] rd_kafka_mock_cluster_t* cluster() const noexcept { return cluster_; }

  void create_topic(const std::string& name, int partitions = 1) const;
  // Nothing: a tombstone. Returns when all are stored.
  void produce(const std::string& topic, int partition,
               const std::vector<std::optional<std::string>>& values) const;
  // "0", "1", ...
  void produce_numbers(const std::string& topic, int partition, int from, int to) const;

  // What the group has committed; -1: nothing.
  [[nodiscard]] std::int64_t committed(const std::string& group, const std::string& topic,
                                       int partition = 0) const;
  // All values of the topic's partition that there are now, with their keys.
  struct stored {
    std::string key, value;
  };
  [[nodiscard]] std::vector<stored> read(const std::string& topic, int partition = 0) const;

 private:
  kafka::client_handle producer_;
  rd_kafka_mock_cluster_t* cluster_;
};

}  // namespace trailbell::test
