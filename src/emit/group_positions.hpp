// What a consumer group has stored, asked when the answer to a commit was lost.
//
// By a client of its own that joins nothing: of librdkafka's admin client a coordinator must not be
// asked (see consume/kafka_ping.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "kafka/handle.hpp"
#include "trailbell/emit/kafka_transaction_sink.hpp"

namespace trailbell::emit {

[[nodiscard]] kafka::partition_list list_of(const std::vector<stored_position>& positions);

enum class stored : std::uint8_t { yes, no, unknown };

// Has the group stored these, or beyond them? Waits for transactions that hold them. `reason`: of
// unknown.
[[nodiscard]] stored are_stored(const std::vector<stored_position>& positions,
                                const kafka_transaction_options& options,
                                std::chrono::milliseconds bound, std::string& reason);

}  // namespace trailbell::emit
