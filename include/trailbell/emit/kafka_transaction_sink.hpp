// The Kafka sink of exactly_once: alerts, and the positions that they were read from, in one
// transaction of one producer.
//
// What the broker asks to abort is aborted; what it asks to try again is tried again. Where the
// producer is of no use any more (its transaction timed out while the coordinator was away), a new
// one takes its place, and what became of the transaction is read from the positions that the group
// has stored. With an `instance` of the user's another process may have taken its place: then the
// sink ends, since two would go on fencing each other.
//
// Alerts are as those of the Kafka sink (kafka_sink.hpp): key, format, properties and defaults.
// What goes to the quarantine topic are messages as those of quarantine_topic.hpp, by the same
// producer; where the topic takes none as large as it may send, larger pieces come in several.
// transaction.timeout.ms is 10 s where the properties say nothing: so long do others wait for a
// process that was killed.
#pragma once

#include <memory>
#include <string>

#include "trailbell/base/result.hpp"
#include "trailbell/emit/kafka_sink.hpp"
#include "trailbell/emit/transaction_sink.hpp"

namespace trailbell::emit {

struct kafka_transaction_options {
  kafka_sink_options to;         // its timeout is cut to what a transaction may take
  std::string group_id;          // whose positions are stored
  std::string instance;          // the transactional.id
  std::string quarantine_topic;  // on the same cluster; empty: quarantine is somewhere else
  bool instance_is_ours = true;  // drawn by chance: nobody else can have it
};

// Connects in the background: brokers that do not answer yet are no error. Errors: usage.
[[nodiscard]] result<std::unique_ptr<transaction_sink>> open_kafka_transaction_sink(
    kafka_transaction_options options);

}  // namespace trailbell::emit
