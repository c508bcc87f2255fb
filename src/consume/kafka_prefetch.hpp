// kafka_prefetch: how far librdkafka may read ahead, so that all partitions together stay within
// one bound.
//
// Each partition has a queue of its own, and librdkafka bounds each by itself, by a number that is
// fixed when the client is made: so the bound on all is divided by how many partitions the topics
// have. The brokers are asked for that once; where none answers in time, many are assumed.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "kafka/configuration.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/consume/kafka_source.hpp"

namespace trailbell::consume {

struct prefetch_bounds {
  std::size_t queue_kib;  // queued.max.messages.kbytes: of one partition
  std::size_t
      fetch_bytes;  // fetch.message.max.bytes: what one answer adds to it at most, compressed
};

[[nodiscard]] prefetch_bounds divide_prefetch(std::size_t bytes, std::size_t partitions) noexcept;

// Partitions of the topics, those of a regular expression included. `asking`: made into a client
// of its own. Nothing where no broker answers within `wait`.
[[nodiscard]] std::optional<std::size_t> count_partitions(kafka::configuration asking,
                                                          const kafka_source_options& options,
                                                          std::chrono::milliseconds wait);

}  // namespace trailbell::consume
