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

namespace trailbell::aws {
namespace {

using nlohmann::json;
using std::chrono::seconds;

seconds ahead{};
std::vector<std::string> said;
std::vector<std::int64_t> waits;
std::unique_ptr<credentials_source> source;
std::unique_ptr<service_client> client;

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
