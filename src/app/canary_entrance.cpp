#include "app/canary_entrance.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <libdeflate.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <random>

#include "app/run_log.hpp"
#include "app/run_tokens.hpp"
#include "trailbell/aws/credentials_chain.hpp"
#include "trailbell/aws/s3_client.hpp"
#include "trailbell/base/descriptor.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/emit/record_topic.hpp"
#include "trailbell/model/canary.hpp"

namespace trailbell::app {
namespace {

constexpr std::string_view s3_scheme = "s3://";

// Those of a consumer that say how to connect, which a producer needs too.
bool is_of_connection(std::string_view property) {
  constexpr std::array<std::string_view, 6> prefixes{"security.", "sasl.",   "ssl.",
                                                     "socket.",   "broker.", "enable.ssl."};
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return property.starts_with(prefix); });
}

result<std::string> to_topic(const canary& what, const loaded_config& to,
                             const kafka_source_config& source, const canary_way& way) {
  if (source.topics.front().starts_with('^')) {
    return error{errc::usage, "source.kafka.topics begins with a pattern: name a topic first"};
  }
  run_log log{to};
  result<bearer_tokens> tokens = open_tokens(source.msk, "kafka", log);
  if (!tokens) {
    return tokens.failure();
  }
  emit::kafka_sink_options options;
  options.brokers = source.brokers;
  options.topic = source.topics.front();
  options.tokens = std::move(tokens.value());
  options.timeout = way.time_max;
  options.log = log.of("kafka");
  for (const auto& [name, value] : source.properties) {
    if (is_of_connection(name)) {
      options.properties.emplace(name, value);
    }
  }
  const result<done> stored =
      emit::store_record(options, what.event_id, what.document, way.time_max);
  return stored ? result<std::string>{"topic " + options.topic}
                : result<std::string>{stored.failure()};
}

result<std::string> to_folder(const canary& what, const file_source_config& source) {
  const std::string path = source.paths.front() + "/" + what.event_id + ".json";
  const descriptor file{
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP)};
  // One write: nobody reads half of it.
  const int problem = file.is_open() ? write_all(file.get(), what.document) : errno;
  if (problem != 0) {
    return error{errc::output_failed, path + ": " + std::strerror(problem)};
  }
  return path;
}

std::string gzipped(const std::string& text) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> by{
      libdeflate_alloc_compressor(6), libdeflate_free_compressor};
  std::string out(libdeflate_gzip_compress_bound(by.get(), text.size()), '\0');
  out.resize(libdeflate_gzip_compress(by.get(), text.data(), text.size(), out.data(), out.size()));
  return out;
}

result<std::string> to_bucket(const canary& what, const s3_source_config& source,
                              const canary_way& way) {
  if (!way.bucket.starts_with(s3_scheme)) {
    return error{errc::usage,
                 "the configuration does not say which bucket the queue tells of: name it by "
                 "--canary-bucket s3://BUCKET/PREFIX, below which files of the trail are"};
  }
  const std::string_view place = std::string_view{way.bucket}.substr(s3_scheme.size());
  const std::size_t slash = std::min(place.find('/'), place.size());
  std::string prefix{place.substr(std::min(slash + 1, place.size()))};
  prefix += prefix.empty() || prefix.ends_with('/') ? "" : "/";
  const result<aws::settings> config = aws::load_settings(aws::process_variables(), source.profile);
  if (!config) {
    return config.failure();
  }
  aws::s3_options options = aws::s3_options_of(config.value());
  options.region = source.region.empty() ? options.region : source.region;
  options.endpoint_url = source.endpoint_url.empty() ? options.endpoint_url : source.endpoint_url;
  options.http.request_timeout = way.time_max;
  aws::credentials_options keys;
  keys.profile = source.profile;
  keys.region = source.region;
  auto who = aws::open_credentials(std::move(keys));
  if (!who) {
    return who.failure();
  }
  auto client = aws::s3_client::open(std::move(options), who.value().get());
  if (!client) {
    return client.failure();
  }
  const aws::s3_put put{std::string{place.substr(0, slash)}, prefix + what.event_id + ".json.gz",
                        gzipped(what.document)};
  const auto stored = client.value()->put(put);
  if (!stored) {
    return error{errc::output_failed, stored.failure().message};
  }
  return std::string{s3_scheme} + put.bucket + "/" + put.key;
}

}  // namespace

canary make_canary(std::int64_t now_ns) {
  std::random_device random;
  canary out;
  out.event_id = fmt::format("{}{:08x}{:08x}{:08x}{:08x}", canary_id_prefix, random(), random(),
                             random(), random());
  out.document = fmt::format(
      R"({{"Records":[{{"eventVersion":"1.11","userIdentity":{{"type":"Unknown"}},)"
      R"("eventTime":"{}","eventSource":"{}","eventName":"CreatePolicy","awsRegion":"us-east-1",)"
      R"("sourceIPAddress":"trailbell","userAgent":"trailbell verify --canary",)"
      R"("requestParameters":null,"responseElements":null,"requestID":"{}","eventID":"{}",)"
      R"("readOnly":false,"eventType":"AwsApiCall","managementEvent":true,)"
      R"("recipientAccountId":"000000000000","eventCategory":"Management"}}]}})",
      format_rfc3339(now_ns), canary_source, out.event_id, out.event_id);
  return out;
}

result<std::string> send_canary(const canary& what, const loaded_config& to,
                                const canary_way& way) {
  const source_config& from = to.config.source;
  const auto wanted = [&](std::string_view kind) {
    return way.source.empty() || way.source == kind;
  };
  if (from.kafka && wanted("kafka")) {
    return to_topic(what, to, *from.kafka, way);
  }
  if (from.s3 && wanted("s3")) {
    return to_bucket(what, *from.s3, way);
  }
  if (from.file && wanted("file")) {
    return to_folder(what, *from.file);
  }
  return error{errc::usage,
               "the configuration has no source." +
                   (way.source.empty() ? std::string{"kafka, s3 or file"} : way.source)};
}

}  // namespace trailbell::app
