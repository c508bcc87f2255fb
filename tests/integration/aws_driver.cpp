// Drives credentials and requests to AWS, for the tests in Python: a JSON object a line on standard
// input, one answer a line on standard output. The clock is ahead by what `advance` said.
#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "trailbell/aws/credentials_chain.hpp"
#include "trailbell/aws/endpoint.hpp"
#include "trailbell/aws/s3_client.hpp"

namespace trailbell::aws {
namespace {

using nlohmann::json;
using std::chrono::seconds;

seconds ahead{};
std::vector<std::string> said;
std::vector<std::int64_t> waits;
std::unique_ptr<credentials_source> source;
std::unique_ptr<service_client> client;
std::unique_ptr<s3_client> objects;

unix_time now() {
  return std::chrono::time_point_cast<seconds>(std::chrono::system_clock::now()) + ahead;
}

void log(log_level, std::string_view text) {
  said.emplace_back(text);
}

json failed(const error& failure) {
  return {{"error", failure.message}};
}

json open_source(const json& command) {
  credentials_options options;
  options.profile = command.value("profile", "");
  options.region = command.value("region", "");
  options.role.arn = command.value("role_arn", "");
  options.role.external_id = command.value("external_id", "");
  options.log = log;
  options.now = now;
  options.draw = [] { return 0.0; };
  auto opened = open_credentials(std::move(options));
  if (!opened) {
    return failed(opened.failure());
  }
  source = std::move(opened.value());
  return {{"ok", true}};
}

json get() {
  const result<credentials> got = source->get();
  if (!got) {
    return failed(got.failure());
  }
  const credentials& keys = got.value();
  return {{"id", keys.access_key_id},
          {"secret", keys.secret_access_key.reveal()},
          {"token", keys.session_token.reveal()},
          {"expires", keys.expires ? keys.expires->time_since_epoch().count() : 0},
          {"source", keys.source}};
}

json open_service(const json& command) {
  service_options options;
  options.endpoint = command.at("endpoint");
  options.scope = {command.value("region", "us-east-1"), command.value("service", "sqs")};
  options.http.tls.ca_file = command.value("ca_file", "");
  options.http.request_timeout = std::chrono::milliseconds{command.value("timeout_ms", 20'000)};
  options.log = log;
  options.now = now;
  options.wait = [](std::chrono::milliseconds time) { waits.push_back(time.count()); };
  options.draw = [] { return 0.5; };
  auto opened = service_client::open(std::move(options), source.get());
  if (!opened) {
    return failed(opened.failure());
  }
  client = std::move(opened.value());
  return {{"ok", true}};
}

json call(const json& command) {
  const auto got = client->send({.method = command.value("method", "POST"),
                                 .target = command.value("target", "/"),
                                 .body = command.value("body", "")});
  if (!got) {
    constexpr const char* kinds[] = {"unreachable", "throttled", "server",
                                     "credentials", "refused",   "usage"};
    return {{"failure", kinds[static_cast<std::size_t>(got.failure().what)]},
            {"status", got.failure().status},
            {"code", got.failure().code},
            {"message", got.failure().message}};
  }
  return {{"status", got.value().status}, {"body", got.value().body}};
}

json open_objects(const json& command) {
  result<settings> config = load_settings(process_variables());
  if (!config) {
    return failed(config.failure());
  }
  s3_options options = s3_options_of(config.value());
  options.http.tls.ca_file = command.value("ca_file", "");
  options.log = log;
  options.now = now;
  options.wait = [](std::chrono::milliseconds time) { waits.push_back(time.count()); };
  options.draw = [] { return 0.5; };
  auto opened = s3_client::open(std::move(options), source.get());
  if (!opened) {
    return failed(opened.failure());
  }
  objects = std::move(opened.value());
  return {{"ok", true}};
}

json failed(const s3_failure& failure) {
  return {{"failure", describe(failure.what)},
          {"status", failure.status},
          {"code", failure.code},
          {"message", failure.message}};
}

json get_object(const json& command) {
  s3_get wish{command.at("bucket"), command.at("key")};
  wish.bytes_max = command.value("bytes_max", wish.bytes_max);
  wish.time_max = std::chrono::milliseconds{command.value("time_max_ms", 60'000)};
  const auto got = objects->get(wish);
  if (!got) {
    return failed(got.failure());
  }
  json metadata = json::object();
  for (const http_header& each : got.value().metadata) {
    metadata[each.name] = each.value;
  }
  return {{"body", got.value().bytes},
          {"etag", got.value().etag},
          {"last_modified", got.value().last_modified},
          {"metadata", metadata},
          {"resumes", got.value().resumes}};
}

json list_objects(const json& command) {
  s3_listing listing =
      s3_listing({command.at("bucket"), command.value("prefix", ""), command.value("delimiter", ""),
                  command.value("start_after", ""), command.value("page_keys", 1000)});
  json pages = json::array();
  while (true) {
    const auto page = listing.next(*objects);
    if (!page) {
      return failed(page.failure());
    }
    if (!page.value()) {
      return {{"pages", pages}};
    }
    json keys = json::array();
    for (const s3_entry& one : page.value()->objects) {
      keys.push_back({one.key, one.bytes});
    }
    pages.push_back({{"objects", keys}, {"folders", page.value()->folders}});
  }
}

json obey(const json& command) {
  const std::string what = command.at("do");
  if (what == "open") {
    return open_source(command);
  }
  if (what == "get") {
    return get();
  }
  if (what == "service") {
    return open_service(command);
  }
  if (what == "call") {
    return call(command);
  }
  if (what == "s3") {
    return open_objects(command);
  }
  if (what == "object") {
    return get_object(command);
  }
  if (what == "list") {
    return list_objects(command);
  }
  if (what == "advance") {
    ahead += seconds{command.at("seconds")};
    return {{"ok", true}};
  }
  return {{"log", std::exchange(said, {})}, {"waits", std::exchange(waits, {})}};
}

}  // namespace
}  // namespace trailbell::aws

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << trailbell::aws::obey(nlohmann::json::parse(line)).dump() << std::endl;
  }
}
