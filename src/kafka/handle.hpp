// Owners of librdkafka's objects: each is destroyed by the function that belongs to it.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

namespace trailbell::kafka {

template <auto Destroy>
struct destroyer {
  template <class Object>
  void operator()(Object* object) const noexcept {
    Destroy(object);
  }
};

template <class Object, auto Destroy>
using handle = std::unique_ptr<Object, destroyer<Destroy>>;

using conf_handle = handle<rd_kafka_conf_t, rd_kafka_conf_destroy>;
using queue_handle = handle<rd_kafka_queue_t, rd_kafka_queue_destroy>;
using event_handle = handle<rd_kafka_event_t, rd_kafka_event_destroy>;
using error_handle = handle<rd_kafka_error_t, rd_kafka_error_destroy>;
using message_handle = handle<rd_kafka_message_t, rd_kafka_message_destroy>;
using topic_handle = handle<rd_kafka_topic_t, rd_kafka_topic_destroy>;
using admin_options_handle = handle<rd_kafka_AdminOptions_t, rd_kafka_AdminOptions_destroy>;
using group_offsets_handle =
    handle<rd_kafka_ListConsumerGroupOffsets_t, rd_kafka_ListConsumerGroupOffsets_destroy>;
using partition_list =
    handle<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;

// A client that was not closed leaves as a process does that was killed: without a word to others.
inline void destroy_client(rd_kafka_t* client) noexcept {
  rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}
using client_handle = handle<rd_kafka_t, destroy_client>;

[[nodiscard]] inline partition_list make_list(std::size_t size) {
  return partition_list{rd_kafka_topic_partition_list_new(static_cast<int>(size))};
}

}  // namespace trailbell::kafka
