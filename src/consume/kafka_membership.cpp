#include "consume/kafka_membership.hpp"

#include <memory>

namespace trailbell::consume {
namespace {

using metadata_handle =
    kafka::handle<rd_kafka_consumer_group_metadata_t, rd_kafka_consumer_group_metadata_destroy>;

struct free_text {
  void operator()(void* text) const noexcept { rd_kafka_mem_free(nullptr, text); }
};

std::string member_id(rd_kafka_t* client) {
  const std::unique_ptr<char, free_text> id{rd_kafka_memberid(client)};
  return id ? std::string{id.get()} : std::string{};
}

std::string written(const rd_kafka_consumer_group_metadata_t* metadata) {
  void* bytes = nullptr;
  std::size_t size = 0;
  const kafka::error_handle failed{rd_kafka_consumer_group_metadata_write(metadata, &bytes, &size)};
  if (failed) {
    return {};
  }
  const std::unique_ptr<void, free_text> owned{bytes};
  return {static_cast<const char*>(bytes), size};
}

}  // namespace

// librdkafka before 2.8 does not tell the generation. Whether it is one can be told all the same:
// what has none is written as something that was made without one is.
std::string membership_of(rd_kafka_t* client, const std::string& group,
                          const std::string& instance) {
  const std::string before = member_id(client);
  const metadata_handle now{rd_kafka_consumer_group_metadata(client)};
  if (before.empty() || !now || member_id(client) != before) {
    return {};
  }
  const metadata_handle without{rd_kafka_consumer_group_metadata_new_with_genid(
      group.c_str(), -1, before.c_str(), instance.empty() ? nullptr : instance.c_str())};
  std::string shown = written(now.get());
  return shown == written(without.get()) ? std::string{} : shown;
}

}  // namespace trailbell::consume
