#include "app/run_parts.hpp"

#include <optional>
#include <utility>
#include <variant>

#include "app/run_sinks.hpp"
#include "app/run_tokens.hpp"
#include "trailbell/consume/folder_source.hpp"
#include "trailbell/consume/kafka_source.hpp"
#include "trailbell/consume/s3_source.hpp"

namespace trailbell::app {
namespace {

using made_source = result<std::unique_ptr<consume::source>>;

// What librdkafka may hold of the bytes in flight: enough to read on while batches are worked on.
constexpr std::size_t prefetch_share = 4;
// Of objects that are fetched ahead: more, as their way is longer.
constexpr std::size_t ahead_share = 2;

made_source open_source(const kafka_source_config& from, const delivery_config& delivery,
                        run_log& log) {
  result<bearer_tokens> tokens = open_tokens(from.msk, "kafka", log);
  if (!tokens) {
    return tokens.failure();
  }
  consume::kafka_source_options options;
  options.tokens = std::move(tokens.value());
  options.brokers = from.brokers;
  options.topics = from.topics;
  options.group_id = from.group_id;
  options.properties = from.properties;
  options.drain_timeout = delivery.drain_timeout;
  options.stall_after = from.watchdog;
  options.transactional = delivery.level == guarantee::exactly_once;
  options.prefetch_bytes = delivery.max_in_flight_bytes / prefetch_share;
  options.log = log.of("kafka");
  return consume::open_kafka_source(std::move(options));
}

made_source open_source(const s3_source_config& from, const delivery_config& delivery,
                        run_log& log) {
  consume::s3_source_options options;
  options.queue_urls = from.queue_urls;
  options.region = from.region;
  options.endpoint_url = from.endpoint_url;
  options.profile = from.profile;
  options.role_arn = from.role_arn;
  options.external_id = from.external_id;
  options.on_poison = from.on_poison;
  options.missing_object_wait = from.missing_object_wait;
  options.max_receives = from.max_receives;
  options.visibility_timeout =
      std::chrono::duration_cast<std::chrono::seconds>(from.visibility_timeout);
  options.concurrency = from.concurrency;
  options.object_bytes_max = from.max_object_bytes;
  options.ahead_bytes = delivery.max_in_flight_bytes / ahead_share;
  if (from.reconcile) {
    const reconcile_config& wish = *from.reconcile;
    options.reconcile.emplace();
    options.reconcile->bucket = wish.bucket;
    options.reconcile->prefixes = wish.prefixes;
    options.reconcile->every = wish.every;
    options.reconcile->window = wish.window;
    options.reconcile->delay = wish.delay;
    options.reconcile->backfill = wish.backfill;
    options.reconcile->state = wish.state;
    options.reconcile->log = log.of("s3.reconcile");
    options.reconcile->objects_max = static_cast<std::size_t>(wish.max_objects);
  }
  options.log = log.of("s3");
  return consume::open_s3_source(options);
}

made_source open_source(const file_source_config& from) {
  return consume::open_folder_source({from.paths, from.watch, from.checkpoint});
}

}  // namespace

result<run_parts> make_parts(const service_config& config, run_log& log, stop_request& stop) {
  run_parts parts;
  for (const sink_config& one : config.sinks) {
    if (config.delivery.level == guarantee::exactly_once && one.required) {
      // check_guarantees() has seen to it that this is the one, and Kafka's.
      auto opened = open_transaction_sink(std::get<kafka_sink_config>(one.kind), config, log);
      if (!opened) {
        return error{opened.failure().code, "sink " + one.name + ": " + opened.failure().message};
      }
      parts.sinks.push_back({one.name, true, nullptr, std::move(opened.value())});
      continue;
    }
    result<std::unique_ptr<emit::sink>> opened = open_sink(one, log, stop);
    if (!opened) {
      return error{opened.failure().code, "sink " + one.name + ": " + opened.failure().message};
    }
    parts.sinks.push_back({one.name, one.required, std::move(opened.value()), nullptr});
  }
  const auto add = [&parts](const char* name, made_source opened) -> std::optional<error> {
    if (!opened) {
      return error{opened.failure().code,
                   std::string{"source "} + name + ": " + opened.failure().message};
    }
    parts.sources.push_back(std::move(opened.value()));
    return std::nullopt;
  };
  std::optional<error> failed;
  if (config.source.kafka) {
    failed = add("kafka", open_source(*config.source.kafka, config.delivery, log));
  }
  if (config.source.s3 && !failed) {
    failed = add("s3", open_source(*config.source.s3, config.delivery, log));
  }
  if (config.source.file && !failed) {
    failed = add("file", open_source(*config.source.file));
  }
  if ((config.source.file || config.source.s3) && !failed) {
    result<std::unique_ptr<pipeline::window_store>> opened =
        pipeline::open_window_file(config.rules.state);
    if (!opened) {
      return error{opened.failure().code, "rules.state: " + opened.failure().message};
    }
    parts.windows = std::move(opened.value());
  }
  return failed ? result<run_parts>{*failed} : result<run_parts>{std::move(parts)};
}

}  // namespace trailbell::app
