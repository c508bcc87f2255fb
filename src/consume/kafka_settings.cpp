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

// Before theirs, so that theirs win.
const std::array<std::pair<const char*, const char*>, 6> defaults{{
    {"auto.offset.reset", "earliest"},
    {"partition.assignment.strategy", "range"},
    {"client.id", "trailbell"},
    {"fetch.max.bytes", "16777216"},
    {"fetch.queue.backoff.ms", "5"},
    {"receive.message.max.bytes", "100000000"},
}};

result<done> set_all(kafka::configuration& configuration, const kafka_source_options& options,
                     const prefetch_bounds& ahead) {
  kafka::properties before{defaults.begin(), defaults.end()};
  before["queued.max.messages.kbytes"] = std::to_string(ahead.queue_kib);
  before["fetch.message.max.bytes"] = std::to_string(ahead.fetch_bytes);
  for (const auto& [name, value] : before) {
    if (result<done> was_set = configuration.set(name, value); !was_set) {
      return was_set;
    }
  }
  if (result<done> signed_in = configuration.sign_in_with(options.tokens); !signed_in) {
    return signed_in;
  }
  if (result<done> was_set = configuration.set_all(options.properties, refused); !was_set) {
    return was_set;
  }
  const std::array<std::pair<const char*, const char*>, 6> ours{{
      {"bootstrap.servers", options.brokers.c_str()},
      {"group.id", options.group_id.c_str()},
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"enable.partition.eof", "true"},
      {"log.queue", "true"},
  }};
  for (const auto& [name, value] : ours) {
    if (result<done> was_set = configuration.set(name, value); !was_set) {
      return was_set;
    }
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
