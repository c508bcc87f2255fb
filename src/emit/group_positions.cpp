#include "emit/group_positions.hpp"

#include <cstring>
#include <string_view>

#include "emit/kafka_producer.hpp"
#include "kafka/configuration.hpp"

namespace trailbell::emit {
namespace {

// It is there, or was and something behind it is.
bool holds(const rd_kafka_topic_partition_t& now, const stored_position& asked) {
  const std::string_view note{static_cast<const char*>(now.metadata), now.metadata_size};
  return now.offset > asked.next || (now.offset == asked.next && note == asked.note);
}

// With what the producer signs in; what is for producers alone it would complain of in its log.
result<kafka::client_handle> open_reader(const kafka_transaction_options& options) {
  kafka::configuration configuration;
  result<done> was_set = configure_producer(configuration, options.to);
  const kafka::properties ours{{"group.id", options.group_id},
                               {"enable.auto.commit", "false"},
                               {"isolation.level", "read_committed"},
                               {"log.queue", "false"},
                               {"log_level", "0"}};
  for (const auto& [name, value] : ours) {
    was_set = was_set ? configuration.set(name, value) : was_set;
  }
  if (!was_set) {
    return was_set.failure();
  }
  return configuration.make(RD_KAFKA_CONSUMER);
}

}  // namespace

kafka::partition_list list_of(const std::vector<stored_position>& positions) {
  kafka::partition_list list = kafka::make_list(positions.size());
  for (const stored_position& each : positions) {
    rd_kafka_topic_partition_t* const item =
        rd_kafka_topic_partition_list_add(list.get(), each.topic.c_str(), each.partition);
    item->offset = each.next;
    if (!each.note.empty()) {
      item->metadata = rd_kafka_mem_malloc(nullptr, each.note.size());  // the list's from here on
      std::memcpy(item->metadata, each.note.data(), each.note.size());
      item->metadata_size = each.note.size();
    }
  }
  return list;
}

stored are_stored(const std::vector<stored_position>& positions,
                  const kafka_transaction_options& options, std::chrono::milliseconds bound,
                  std::string& reason) {
  const result<kafka::client_handle> reader = open_reader(options);
  if (!reader) {
    reason = reader.failure().message;
    return stored::unknown;
  }
  const kafka::partition_list now = list_of(positions);
  rd_kafka_resp_err_t failed =
      rd_kafka_committed(reader.value().get(), now.get(), static_cast<int>(bound.count()));
  bool all = true;
  for (const stored_position& each : positions) {
    const rd_kafka_topic_partition_t* const at =
        rd_kafka_topic_partition_list_find(now.get(), each.topic.c_str(), each.partition);
    failed = failed == RD_KAFKA_RESP_ERR_NO_ERROR ? at->err : failed;
    all = all && holds(*at, each);
  }
  if (failed != RD_KAFKA_RESP_ERR_NO_ERROR) {
    reason = std::string{"the group's positions could not be read: "} + rd_kafka_err2str(failed);
    return stored::unknown;
  }
  return all ? stored::yes : stored::no;
}

}  // namespace trailbell::emit
