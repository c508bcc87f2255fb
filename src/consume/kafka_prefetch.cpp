#include "consume/kafka_prefetch.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "trailbell/base/limits.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Where a partition's share is smaller than this, fetching would be all that happens.
constexpr std::size_t share_bytes_min = 64 * limits::kib;
constexpr std::size_t share_bytes_max = 64 * limits::mib;
// An answer is unpacked as a whole, to perhaps twenty times its size: only then is it seen to be
// too much. All partitions' answers together may be a sixteenth of what they unpack to.
constexpr std::size_t unpacked_ratio = 16;
constexpr std::size_t answer_bytes_max = 4 * limits::mib;

using metadata_handle = kafka::handle<const rd_kafka_metadata_t, rd_kafka_metadata_destroy>;

// Of one topic, or of all that the cluster has.
metadata_handle ask(rd_kafka_t* client, rd_kafka_topic_t* topic, milliseconds wait) {
  const rd_kafka_metadata_t* answer = nullptr;
  const rd_kafka_resp_err_t failed = rd_kafka_metadata(client, topic == nullptr ? 1 : 0, topic,
                                                       &answer, static_cast<int>(wait.count()));
  return metadata_handle{failed == RD_KAFKA_RESP_ERR_NO_ERROR ? answer : nullptr};
}

std::size_t partitions_in(const rd_kafka_metadata_t& answer) {
  std::size_t all = 0;
  for (const rd_kafka_metadata_topic& topic :
       std::span{answer.topics, static_cast<std::size_t>(answer.topic_cnt)}) {
    all += static_cast<std::size_t>(topic.partition_cnt);
  }
  return all;
}

}  // namespace

prefetch_bounds divide_prefetch(std::size_t bytes, std::size_t partitions) noexcept {
  const std::size_t share =
      std::clamp(bytes / std::max<std::size_t>(partitions, 1), share_bytes_min, share_bytes_max);
  const std::size_t queue_kib = share / limits::kib;
  const std::size_t answer = bytes / unpacked_ratio / std::max<std::size_t>(partitions, 1);
  return {queue_kib, std::clamp(answer, share_bytes_min, answer_bytes_max)};
}

// All of the cluster's, where a regular expression may mean any of them: rather too many.
std::optional<std::size_t> count_partitions(kafka::configuration asking,
                                            const kafka_source_options& options,
                                            milliseconds wait) {
  const auto end = steady_clock::now() + wait;
  const result<kafka::client_handle> made = asking.make(RD_KAFKA_CONSUMER);
  if (!made) {
    return std::nullopt;  // what is wrong is said when the source's own is made
  }
  rd_kafka_t* const client = made.value().get();
  const bool any = std::ranges::any_of(
      options.topics, [](const std::string& topic) { return topic.starts_with('^'); });
  std::size_t all = 0;
  for (const std::string& name : options.topics) {
    const auto left = std::chrono::duration_cast<milliseconds>(end - steady_clock::now());
    const kafka::topic_handle topic{any ? nullptr
                                        : rd_kafka_topic_new(client, name.c_str(), nullptr)};
    const metadata_handle answer = ask(client, topic.get(), std::max(left, milliseconds{1}));
    if (!answer) {
      return std::nullopt;
    }
    all += partitions_in(*answer);
    if (any) {
      break;
    }
  }
  return all > 0 ? std::optional{all} : std::nullopt;  // none: the topics are not there yet
}

}  // namespace trailbell::consume
