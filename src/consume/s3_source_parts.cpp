#include "consume/s3_source_parts.hpp"

#include "consume/reconcile_round.hpp"
#include "trailbell/aws/endpoint.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::consume {

result<aws::sqs_options> queue_options_of(const std::string& url, const s3_source_options& options,
                                          const aws::settings& settings,
                                          const aws::http_options& http) {
  aws::sqs_options wish;
  wish.queue_url = url;
  wish.region = !options.region.empty() ? options.region : aws::queue_region_of(url);
  wish.region = !wish.region.empty() ? wish.region : settings.region();
  wish.endpoint =
      !options.endpoint_url.empty() ? options.endpoint_url : settings.endpoint_url("sqs");
  if (!wish.endpoint.empty() || settings.fips() || settings.dual_stack()) {
    const auto endpoint =
        aws::endpoint_of({.service = "sqs",
                          .region = wish.region,
                          .fips = wish.endpoint.empty() && settings.fips(),
                          .dual_stack = wish.endpoint.empty() && settings.dual_stack(),
                          .url = wish.endpoint});
    if (!endpoint) {
      return endpoint.failure();
    }
    wish.endpoint = endpoint.value();
  }
  wish.http = http;
  wish.log = options.log;
  wish.attempts_max = 1;  // who asks asks again, and may have to stop in between
  return wish;
}

flow_options flow_options_of(const s3_source_options& from, const object_record* record) {
  flow_options options;
  options.quarantines = from.on_poison == poison_way::quarantine;
  options.missing_object_wait = from.missing_object_wait;
  options.max_receives = from.max_receives;
  options.ahead_bytes = from.ahead_bytes;
  options.fetches_max = static_cast<std::size_t>(from.concurrency);
  if (record != nullptr) {
    options.was_done = [record](const object_identity& one) { return record->is_done(one); };
  }
  return options;
}

result<std::unique_ptr<object_record>> open_record(const s3_source_options& options) {
  if (!options.reconcile) {
    return std::unique_ptr<object_record>{};
  }
  return object_record::open({options.reconcile->state, options.reconcile->objects_max,
                              since_of(system_now_ns(), options.reconcile->backfill), options.log});
}

}  // namespace trailbell::consume
