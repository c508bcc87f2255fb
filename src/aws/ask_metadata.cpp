#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "aws/credential_providers.hpp"
#include "aws/json.hpp"
#include "aws/small_file.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::aws {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds container_timeout{2'000};
constexpr int attempts_max = 3;

bool is_answered(const result<http_response, net_failure>& got) {
  return got && got.value().status != 500 && got.value().status != 503 && got.value().status != 429;
}

result<http_response, net_failure> ask(http_client& http, const http_request& request,
                                       int attempts) {
  auto got = http.send(request);
  for (int i = 1; i < attempts && !is_answered(got); ++i) {
    got = http.send(request);
  }
  return got;
}

// Plain HTTP would show the credentials to the network: but for the machine itself.
bool may_be_asked(const url& address) {
  constexpr std::array<std::string_view, 6> near{"localhost",    "169.254.170.2", "169.254.170.23",
                                                 "fd00:ec2::23", "::1",           "127.0.0.1"};
  return address.secure || address.peer.host.starts_with("127.") ||
         std::find(near.begin(), near.end(), address.peer.host) != near.end();
}

int number_of(const std::optional<std::string>& text, int otherwise) {
  int number = 0;
  if (text) {
    std::from_chars(text->data(), text->data() + text->size(), number);
  }
  return number > 0 ? std::min(number, 60) : otherwise;
}

struct instance_service {
  std::string endpoint;
  milliseconds timeout;
  int attempts;
};

instance_service instance_of(const settings& config) {
  const bool v6 = equal_folded(
      config.find("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode")
          .value_or(""),
      "ipv6");
  std::string endpoint =
      config.find("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint")
          .value_or(v6 ? "http://[fd00:ec2::254]" : "http://169.254.169.254");
  endpoint.erase(endpoint.find_last_not_of('/') + 1);
  return {
      endpoint,
      std::chrono::seconds{
          number_of(config.find("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout"), 1)},
      number_of(config.find("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts"),
                2)};
}

std::string status_of(const result<http_response, net_failure>& got) {
  return got ? "it answered " + std::to_string(got.value().status) : got.failure().message;
}

}  // namespace

result<credentials> credentials_of_metadata(std::string_view json, const std::string& source) {
  const result<json_tree> tree = parse_json(json);
  if (!tree || !tree.value().root().is(json_kind::object)) {
    return error{errc::unreadable, source + ": the answer is no JSON object"};
  }
  const std::string code = text_of(tree.value(), "Code");
  if (!code.empty() && code != "Success") {
    return error{errc::unreadable, source + ": no credentials, but the code " + in_quotes(code)};
  }
  const auto time = parse_rfc3339(text_of(tree.value(), "Expiration"));
  credentials keys{text_of(tree.value(), "AccessKeyId"),
                   secret{text_of(tree.value(), "SecretAccessKey")},
                   secret{text_of(tree.value(), "Token")}, std::nullopt, source};
  if (keys.access_key_id.empty() || keys.secret_access_key.empty() || !time) {
    return error{errc::unreadable, source + ": the answer holds no credentials"};
  }
  keys.expires = unix_time{std::chrono::seconds{*time / 1'000'000'000}};
  return keys;
}

provider_answer ask_container(const asking& with) {
  const auto& variable = with.config.environment;
  const auto relative = variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  const auto full = variable("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  if (!relative && !full) {
    return answer{std::nullopt, "AWS_CONTAINER_CREDENTIALS_FULL_URI is not set"};
  }
  http_request request{.url = relative ? "http://169.254.170.2" + *relative : *full,
                       .timeout = container_timeout};
  const result<url> address = parse_url(request.url);
  if (!address) {
    return error{errc::usage, "the container's credentials: " + address.failure().message};
  }
  if (!may_be_asked(address.value())) {
    return error{errc::usage, "the container's credentials: " + origin_of(address.value()) +
                                  " is not of this machine: only https may lead elsewhere"};
  }
  std::string token = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
  if (const auto file = variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    const result<std::string> read = read_token_file(*file);
    if (!read) {
      return read.failure();
    }
    token = read.value();
  }
  if (!token.empty()) {
    request.headers.push_back({"Authorization", token});
  }
  const auto got = ask(with.http, request, attempts_max);
  if (!got || got.value().status != 200) {
    return error{errc::unreadable, "the container's credentials at " + origin_of(address.value()) +
                                       ": " + status_of(got)};
  }
  result<credentials> keys = credentials_of_metadata(got.value().body, "container");
  if (!keys) {
    return keys.failure();
  }
  return answer{std::move(keys.value())};
}

provider_answer ask_instance(const asking& with) {
  if (equal_folded(with.config.environment("AWS_EC2_METADATA_DISABLED").value_or(""), "true")) {
    return answer{std::nullopt, "AWS_EC2_METADATA_DISABLED is true"};
  }
  const instance_service service = instance_of(with.config);
  const auto token = ask(with.http,
                         {.method = "PUT",
                          .url = service.endpoint + "/latest/api/token",
                          .headers = {{"X-aws-ec2-metadata-token-ttl-seconds", "21600"}},
                          .timeout = service.timeout},
                         service.attempts);
  if (!token || token.value().status != 200) {
    // In a container the answer dies on its way where the hop limit is 1.
    return answer{std::nullopt, "no token of the instance's metadata: " + status_of(token) +
                                    " (on EC2 in a container: is the metadata's hop limit 2?)"};
  }
  const std::string path = service.endpoint + "/latest/meta-data/iam/security-credentials/";
  http_request request{.url = path,
                       .headers = {{"X-aws-ec2-metadata-token", token.value().body}},
                       .timeout = service.timeout};
  const auto roles = ask(with.http, request, service.attempts);
  if (roles && roles.value().status == 404) {
    return answer{std::nullopt, "the instance has no role"};
  }
  if (!roles || roles.value().status != 200) {
    return error{errc::unreadable, "the role of the instance: " + status_of(roles)};
  }
  const std::string_view body = roles.value().body;
  request.url = path + encode_percent(trimmed(body.substr(0, body.find('\n')), " \r\n"), "");
  const auto got = ask(with.http, request, service.attempts);
  if (!got || got.value().status != 200) {
    return error{errc::unreadable, "the credentials of the instance: " + status_of(got)};
  }
  result<credentials> keys = credentials_of_metadata(got.value().body, "instance");
  if (!keys) {
    return keys.failure();
  }
  return answer{std::move(keys.value())};
}

}  // namespace trailbell::aws
