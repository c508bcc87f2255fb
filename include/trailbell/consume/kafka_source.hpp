// The Kafka source: a member of a consumer group.
//
// Messages of one partition make a batch, in the order of their offsets. Committed is the watermark
// of a partition's ledger and nothing beyond: once per commit_interval, and before a partition is
// given up. A partition that is revoked is read no more, and given up once all that was taken of it
// is settled or drain_timeout has passed; one that was lost is given up at once, without a commit.
// Where reading begins is committed too: whatever decided on it (auto.offset.reset, a log that was
// cut), a restart goes on from there.
// Where a batch is nacked, its partition is read again from the watermark on.
//
// With `transactional` it commits nothing: a batch of its own (reading::start) tells where reading
// begins, before anything else of it, until something of it was acked. A partition that is revoked
// is given up when all that was taken of it is settled: after drain_timeout, or where it was lost,
// what is not is told as given up, and waited for. So no transaction can store its position once it
// is another member's.
//
// Where it is to look back, messages below the committed offset are read again first, one partition
// at a time (kafka_reread): they hold no acknowledgement, are no part of the ledger and are never
// committed. A partition that is rewound by a nack begins so as well.
//
// A message without a value (a tombstone) is an object without bytes. An offset below the next
// expected one is dropped and counted, unless the broker's log was cut or made anew: then reading
// goes on from there.
//
// Properties are librdkafka's, by name. Refused: those by which a message could be committed before
// it is acknowledged, or that take a function. Defaults that differ from librdkafka's:
// auto.offset.reset=earliest, partition.assignment.strategy=range (cooperative-sticky may be set),
// client.id=trailbell, fetch.max.bytes=16 MiB, fetch.queue.backoff.ms=5 (a full queue is empty
// again long before librdkafka's second has passed), and queued.max.messages.kbytes and
// fetch.message.max.bytes, by which librdkafka fetches ahead of what is taken: prefetch_bytes
// divided by the partitions of the topics, of which the brokers are asked at the start, but not
// below 64 KiB nor above 64 MiB each.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "trailbell/base/bearer_token.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/consume/source.hpp"

namespace trailbell::consume {

struct kafka_source_options {
  std::string brokers;              // "host:port,host:port"
  std::vector<std::string> topics;  // one that begins with ^ is a regular expression
  std::string group_id;
  std::map<std::string, std::string> properties;
  bearer_tokens tokens;  // of SASL/OAUTHBEARER; empty: as the properties say

  std::chrono::milliseconds drain_timeout{30'000};
  std::chrono::milliseconds commit_interval{1'000};
  // How often the ends of the owned partitions are asked for: what lag is measured by.
  std::chrono::milliseconds lag_interval{2'000};
  // No message of a partition for that long, though there are some: it is fetched anew.
  std::chrono::milliseconds stall_after{60'000};

  // Positions are stored in somebody else's transaction, and nothing is committed here. What is
  // acked is in a transaction that was committed. Only what such transactions have committed is
  // read, if the writers of the topics use them.
  bool transactional = false;

  std::size_t batch_bytes = limits::mib;
  std::size_t batch_messages = 2'000;
  // What may be fetched ahead, over all partitions.
  std::size_t prefetch_bytes = 64 * limits::mib;

  log_function log;
};

// Joins the group in the background: brokers that do not answer yet are no error. Errors: usage.
[[nodiscard]] result<std::unique_ptr<source>> open_kafka_source(kafka_source_options options);

}  // namespace trailbell::consume
