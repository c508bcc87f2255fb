#include "consume/kafka_settings.hpp"

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "consume/kafka_prefetch.hpp"

namespace trailbell::consume {
namespace {

constexpr std::string_view not_acknowledged =
    "messages would be committed before they are acknowledged";
constexpr std::array refused{
    kafka::refusal{"enable.auto.commit", not_acknowledged, "false"},
    kafka::refusal{"enable.auto.offset.store", not_acknowledged, "false"},
    kafka::refusal{"group.id", "the group is named by `group_id`"},
    kafka::refusal{"enable.partition.eof", "it is set: how far a partition is read hangs on it",
                   "true"},
    kafka::refusal{"group.protocol", "only the classic protocol drains before it gives up",
                   "classic"},
};

// Where no broker says how many partitions there are, in a time that nobody notices at a start.
constexpr std::size_t partitions_assumed = 64;
constexpr std::chrono::milliseconds count_wait{1'000};

result<done> set_all(kafka::configuration& configuration, const kafka_source_options& options,
                     const prefetch_bounds& ahead) {
  const result<done> was_set = configuration.set_all({
      .defaults = {{"auto.offset.reset", "earliest"},
                   {"partition.assignment.strategy", "range"},
                   {"client.id", "trailbell"},
                   {"fetch.max.bytes", "16777216"},
                   {"fetch.queue.backoff.ms", "5"},
                   {"receive.message.max.bytes", "100000000"},
                   {"queued.max.messages.kbytes", std::to_string(ahead.queue_kib)},
                   {"fetch.message.max.bytes", std::to_string(ahead.fetch_bytes)}},
      .tokens = options.tokens,
      .theirs = options.properties,
      .refused = refused,
      .ours = {{"bootstrap.servers", options.brokers},
               {"group.id", options.group_id},
               {"enable.auto.commit", "false"},
               {"enable.auto.offset.store", "false"},
               {"enable.partition.eof", "true"},
               {"log.queue", "true"}},
  });
  if (!was_set) {
    return was_set;
  }
  if (options.transactional && configuration.get("isolation.level") != "read_committed") {
    return error{
        errc::usage,
        "Kafka property isolation.level: with exactly_once only what was committed is read"};
  }
  if (std::stoll(configuration.get("max.poll.interval.ms")) <= options.drain_timeout.count()) {
    return error{errc::usage,
                 "Kafka property max.poll.interval.ms: the group waits no longer than this for a "
                 "member that drains: it has to be above drain_timeout"};
  }
  return done{};
}

}  // namespace

result<kafka::configuration> configure_source(const kafka_source_options& options) {
  kafka::configuration asking;
  prefetch_bounds ahead = divide_prefetch(options.prefetch_bytes, partitions_assumed);
  if (result<done> was_set = set_all(asking, options, ahead); !was_set) {
    return was_set.failure();
  }
  if (const auto partitions = count_partitions(std::move(asking), options, count_wait)) {
    ahead = divide_prefetch(options.prefetch_bytes, *partitions);
  }
  kafka::configuration configuration;
  if (result<done> was_set = set_all(configuration, options, ahead); !was_set) {
    return was_set.failure();
  }
  return configuration;
}

}  // namespace trailbell::consume
