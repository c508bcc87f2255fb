// Owners of librdkafka's objects: each is destroyed by the function that belongs to it.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>

#include "trailbell/base/bearer_token.hpp"

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
using partition_list =
    handle<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;

// A client that was not closed leaves as a process does that was killed: without a word to others.
inline void destroy_client(rd_kafka_t* client) noexcept {
  rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}

// What a client's callbacks are given, in place of an opaque of their own.
struct client_context {
  bearer_tokens tokens;
  void* owner = nullptr;
};
template <class Owner>
[[nodiscard]] Owner& owner_of(void* context) noexcept {
  return *static_cast<Owner*>(static_cast<client_context*>(context)->owner);
}

struct client_destroyer {
  std::unique_ptr<client_context> context;  // outlives the client and its threads
  void operator()(rd_kafka_t* client) const noexcept { destroy_client(client); }
};
using client_handle = std::unique_ptr<rd_kafka_t, client_destroyer>;

[[nodiscard]] inline partition_list make_list(std::size_t size) {
  return partition_list{rd_kafka_topic_partition_list_new(static_cast<int>(size))};
}

}  // namespace trailbell::kafka
