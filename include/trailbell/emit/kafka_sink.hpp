// The Kafka sink: one alert a message, as one line of JSON without its end, keyed by the alert's
// account, by an idempotent producer.
//
// Accepted means stored by all in-sync replicas. An attempt ends when every alert of it was
// answered for, after `timeout` at the latest. After a fatal error, or where an answer never came,
// the producer is made anew. Refused are only alerts that are too large or that the broker finds
// invalid: rights that are missing or a topic that is not there yet can be put right, and are tried
// again.
//
// Properties are librdkafka's, by name. Refused: those by which an alert could be lost or
// reordered. Defaults that differ from librdkafka's: compression.type=zstd,
// partitioner=murmur2_random (a key goes where Java's clients put it), linger.ms=0 (an attempt puts
// all it has at once), client.id=trailbell.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "trailbell/base/bearer_token.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/emit/alert_writer.hpp"
#include "trailbell/emit/sink.hpp"

namespace trailbell::emit {

struct kafka_sink_options {
  std::string name = "Kafka sink";  // in messages
  std::string brokers;              // "host:port,host:port"
  std::string topic;
  alert_format format = alert_format::jsonl;
  std::map<std::string, std::string> properties;
  bearer_tokens tokens;  // of SASL/OAUTHBEARER; empty: as the properties say
  std::chrono::milliseconds timeout{30'000};
  std::size_t alerts_max = 1'000;  // in one attempt
  log_function log;
};

// Connects in the background: brokers that do not answer yet are no error. Errors: usage.
[[nodiscard]] result<std::unique_ptr<sink>> open_kafka_sink(kafka_sink_options options);

}  // namespace trailbell::emit
