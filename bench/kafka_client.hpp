// What the bench's own Kafka programs share: a librdkafka client from "name=value" words, and the
// end of the process where something is wrong.
#pragma once

#include <librdkafka/rdkafka.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "kafka/handle.hpp"

namespace bench {

using std::chrono::steady_clock;
using words = std::vector<std::string>;

[[noreturn]] inline void die(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(3);
}

inline double seconds_between(steady_clock::time_point from, steady_clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

inline trailbell::kafka::client_handle make_client(rd_kafka_type_t type, const words& properties) {
  rd_kafka_conf_t* const conf = rd_kafka_conf_new();
  std::array<char, 512> said{};
  for (const std::string& each : properties) {
    const std::size_t at = each.find('=');
    if (at == std::string::npos ||
        rd_kafka_conf_set(conf, each.substr(0, at).c_str(), each.c_str() + at + 1, said.data(),
                          said.size()) != RD_KAFKA_CONF_OK) {
      die("property " + each + ": " + said.data());
    }
  }
  rd_kafka_t* const client = rd_kafka_new(type, conf, said.data(), said.size());
  if (client == nullptr) {
    die(said.data());
  }
  return trailbell::kafka::client_handle{client};
}

// A consumer of one topic from its beginning, in a group of its own; all that comes is polled from
// one queue.
inline trailbell::kafka::client_handle make_consumer(const std::string& brokers,
                                                     const std::string& topic,
                                                     const std::string& group, words properties) {
  properties.insert(properties.begin(), {"auto.offset.reset=earliest", "enable.auto.commit=false"});
  properties.push_back("bootstrap.servers=" + brokers);
  properties.push_back("group.id=" + group);
  auto client = make_client(RD_KAFKA_CONSUMER, properties);
  rd_kafka_poll_set_consumer(client.get());
  const trailbell::kafka::partition_list topics = trailbell::kafka::make_list(1);
  rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  if (const auto failed = rd_kafka_subscribe(client.get(), topics.get())) {
    die(rd_kafka_err2str(failed));
  }
  return client;
}

}  // namespace bench
