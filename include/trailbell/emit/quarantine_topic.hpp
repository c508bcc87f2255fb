// The quarantine that is a Kafka topic: by an idempotent producer, acknowledged by all in-sync
// replicas.
//
// src/emit/README.md says what a message is. Where the topic takes no message as large as the
// producer's message.max.bytes, it is found out and remembered how large one may be; then more
// pieces come in several messages. A broker that is away, a topic that is missing or rights that
// are is a failure that may pass.
//
// Thread-safety: none. Properties are librdkafka's, by name; the same are refused as for a
// kafka_sink.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "trailbell/base/bearer_token.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/emit/quarantine.hpp"

namespace trailbell::emit {

struct quarantine_topic_options {
  std::string brokers;  // "host:port,host:port"
  std::string topic;
  std::map<std::string, std::string> properties;
  bearer_tokens tokens;  // as of a kafka_sink
  // Of one attempt, which whoever settles waits for: short.
  std::chrono::milliseconds timeout{5'000};
  log_function log;
};

// Connects in the background: brokers that do not answer yet are no error. Errors: usage.
[[nodiscard]] result<std::unique_ptr<quarantine>> open_quarantine_topic(
    quarantine_topic_options options);

}  // namespace trailbell::emit
