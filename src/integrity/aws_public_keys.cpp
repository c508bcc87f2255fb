#include "trailbell/integrity/aws_public_keys.hpp"

#include <utility>

#include "trailbell/aws/endpoint.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"

namespace trailbell::integrity {
namespace {

constexpr const char* service = "cloudtrail";
constexpr const char* target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";
constexpr std::chrono::seconds attempt_timeout{10};
constexpr int pages_max = 1'000;

error refused(const std::string& region, const std::string& why) {
  return {errc::unreadable, "the public keys of " + region + " cannot be had (" + why +
                                "): allow cloudtrail:ListPublicKeys, or name --public-keys FILE"};
}

result<std::unique_ptr<aws::service_client>> open_client(const key_asking& with,
                                                         const std::string& region) {
  const std::string url =
      with.endpoint_url.empty() ? with.config.endpoint_url(service) : with.endpoint_url;
  const result<std::string> endpoint =
      aws::endpoint_of({service, region, url.empty() && with.config.fips(),
                        url.empty() && with.config.dual_stack(), url});
  if (!endpoint) {
    return endpoint.failure();
  }
  aws::service_options options;
  options.endpoint = endpoint.value();
  options.scope = {region, service};
  options.attempts_max = with.config.attempts_max();
  options.http = with.config.http();
  options.http.request_timeout = attempt_timeout;
  options.http.stop = with.stop;
  options.log = with.log;
  options.given_up = [stop = with.stop] { return stop != nullptr && stop->load(); };
  return aws::service_client::open(std::move(options), &with.who);
}

// The page's keys into `into`; its token, empty on the last page.
result<std::string> take_page(const std::string& body, public_keys& into) {
  json_tree tree;
  if (!decode::json_reader{}.read(body, tree) || !tree.root().find("PublicKeyList")) {
    return error{errc::not_text, "the answer has no PublicKeyList"};
  }
  result<public_keys> keys = read_public_keys(body);
  if (!keys) {
    return keys.failure();
  }
  into.merge(keys.value());
  const auto token = tree.root().find("NextToken");
  return token ? std::string{token->text()} : std::string{};
}

}  // namespace

result<public_keys> ask_public_keys(const key_asking& with, const std::string& region,
                                    std::int64_t from_s, std::int64_t to_s) {
  const auto client = open_client(with, region);
  if (!client) {
    return refused(region, client.failure().message);
  }
  public_keys keys;
  std::string token;
  for (int page = 0; page < pages_max; ++page) {
    aws::service_request request;
    request.headers = {{"Content-Type", "application/x-amz-json-1.1"},
                       {"X-Amz-Target", std::string{target} + ".ListPublicKeys"}};
    request.body =
        "{\"StartTime\":" + std::to_string(from_s) + ",\"EndTime\":" + std::to_string(to_s);
    if (!token.empty()) {
      request.body += ",\"NextToken\":";
      append_json_text(token, request.body);
    }
    request.body.push_back('}');
    const auto got = client.value()->send(request);
    if (!got) {
      return refused(region, got.failure().message);
    }
    result<std::string> next = take_page(got.value().body, keys);
    if (!next) {
      return refused(region, next.failure().message);
    }
    if (next.value().empty()) {
      return keys;
    }
    token = std::move(next.value());
  }
  return refused(region, "the pages of its answer have no end");
}

}  // namespace trailbell::integrity
