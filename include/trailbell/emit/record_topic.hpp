// record_topic: stores one message in a topic of Kafka, and says whether it is stored.
#pragma once

#include <chrono>
#include <string_view>

#include "trailbell/emit/kafka_sink.hpp"

namespace trailbell::emit {

// Of the options, where and how to connect. Errors: usage; output_failed, not stored in time.
[[nodiscard]] result<done> store_record(const kafka_sink_options& options, std::string_view key,
                                        std::string_view bytes, std::chrono::milliseconds time_max);

}  // namespace trailbell::emit
