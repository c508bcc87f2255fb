// kafka_settings: librdkafka's properties for a source: our defaults, the user's, and those that
// the guarantees hang on.
#pragma once

#include "kafka/configuration.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/consume/kafka_source.hpp"

namespace trailbell::consume {

// Asks the brokers how many partitions there are, for at most a second (see kafka_prefetch).
// Errors: usage, with the property's name.
[[nodiscard]] result<kafka::configuration> configure_source(const kafka_source_options& options);

}  // namespace trailbell::consume
