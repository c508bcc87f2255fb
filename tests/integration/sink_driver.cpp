// Drives what speaks to servers, for the tests in Python: a JSON object a line on standard input,
// one answer a line on standard output. See net_harness.py.
#include "sink_driver.hpp"

#include <chrono>
#include <iostream>
#include <map>
#include <string>

#include "trailbell/aws/http_client.hpp"

namespace trailbell {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

const char* name_of(aws::net_fault fault) {
  constexpr const char* names[] = {"usage",     "unresolved", "refused",   "timed_out",
                                   "untrusted", "closed",     "malformed", "too_large"};
  return names[static_cast<std::size_t>(fault)];
}

std::unique_ptr<aws::http_client> client;

json open_client(const json& options) {
  auto opened = aws::open_http_client(http_options_of(options));
  if (!opened) {
    return {{"error", opened.failure().message}};
  }
  client = std::move(opened.value());
  return {{"ok", true}};
}

json send(const json& command) {
  aws::http_request request{.method = command.value("method", "GET"),
                            .url = command.at("url"),
                            .headers = headers_of(command),
                            .body = command.value("body", "")};
  const auto got = client->send(request);
  if (!got) {
    return {{"fault", name_of(got.failure().what)},
            {"message", got.failure().message},
            {"status", got.failure().status}};
  }
  json headers = json::object();
  for (const aws::http_header& each : got.value().headers) {
    headers[each.name] = each.value;
  }
  return {{"status", got.value().status}, {"headers", headers}, {"body", got.value().body}};
}

json obey(const json& command) {
  const std::string what = command.at("do");
  if (what == "open_http") {
    return open_client(command);
  }
  if (what == "send") {
    return send(command);
  }
  return obey_sink(command);
}

}  // namespace

std::vector<aws::http_header> headers_of(const json& command) {
  std::vector<aws::http_header> out;
  const json headers = command.value("headers", json::object());
  for (const auto& each : headers.items()) {
    out.push_back({each.key(), each.value()});
  }
  return out;
}

aws::http_options http_options_of(const json& command) {
  aws::http_options out;
  out.tls.ca_file = command.value("ca_file", "");
  out.tls.certificate_file = command.value("certificate_file", "");
  out.tls.key_file = command.value("key_file", "");
  out.connect_timeout = milliseconds{command.value("connect_timeout_ms", 5000)};
  out.handshake_timeout = milliseconds{command.value("handshake_timeout_ms", 5000)};
  out.request_timeout = milliseconds{command.value("request_timeout_ms", 20000)};
  out.body_bytes_max = command.value("body_bytes_max", std::size_t{1} << 20U);
  out.https_proxy = command.value("https_proxy", "");
  out.no_proxy = command.value("no_proxy", "");
  return out;
}

}  // namespace trailbell

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    std::cout << trailbell::obey(nlohmann::json::parse(line)).dump() << std::endl;
  }
}
