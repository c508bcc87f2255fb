// What a group knows a consumer by, for a transaction that stores its positions.
#pragma once

#include <string>

#include "kafka/handle.hpp"

namespace trailbell::consume {

// Readable by rd_kafka_consumer_group_metadata_read() in this process. Empty where the client is no
// member of a generation now: a coordinator takes the positions of such a one from anybody, so
// there is nothing to show. `instance`: group.instance.id, or empty.
[[nodiscard]] std::string membership_of(rd_kafka_t* client, const std::string& group,
                                        const std::string& instance);

}  // namespace trailbell::consume
