// Kafka as tests see it: librdkafka's mock cluster, brokers in this process, or a real broker.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kafka/handle.hpp"

namespace trailbell::test {

class kafka_client {
 public:
  explicit kafka_client(kafka::client_handle producer) : producer_{std::move(producer)} {}

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

  [[nodiscard]] virtual std::string brokers() const = 0;
  virtual void create_topic(const std::string& name, int partitions = 1) const = 0;

 protected:
  ~kafka_client() = default;
  kafka::client_handle producer_;
};

class mock_kafka final : public kafka_client {
 public:
  explicit mock_kafka(int brokers = 1);

  [[nodiscard]] std::string brokers() const override;
  [[nodiscard]] rd_kafka_mock_cluster_t* cluster() const noexcept { return cluster_; }
  void create_topic(const std::string& name, int partitions = 1) const override;

 private:
  rd_kafka_mock_cluster_t* cluster_;
};

class real_kafka final : public kafka_client {
 public:
  explicit real_kafka(std::string brokers);

  [[nodiscard]] std::string brokers() const override { return brokers_; }
  void create_topic(const std::string& name, int partitions = 1) const override;
  // In one transaction, so that its mark ends the log.
  void produce_in_transaction(const std::string& topic, int partition,
                              const std::vector<std::optional<std::string>>& values) const;
  void delete_topic(const std::string& name) const;

 private:
  std::string brokers_;
};

}  // namespace trailbell::test
