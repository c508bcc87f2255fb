#include "emit/http_post.hpp"

#include <chrono>
#include <utility>

namespace trailbell::emit {
namespace {

std::int64_t now_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

result<http_post> http_post::open(http_post_options options) {
  const result<aws::url> address = aws::parse_url(options.url);
  if (!address) {
    return address.failure();
  }
  http_post out;
  out.context_.origin = aws::origin_of(address.value());
  out.context_.secrets = std::move(options.secrets);
  if (!address.value().user_info.empty()) {
    return error{errc::usage, "the URL of " + out.context_.origin +
                                  " has a user in it; give the credentials as a header"};
  }
  if (address.value().target != "/") {
    out.context_.secrets.push_back(address.value().target);
  }
  for (const aws::http_header& each : options.headers) {
    if (each.name.size() + each.value.size() >= 12) {  // what is shorter hides nothing
      out.context_.secrets.push_back(each.value);
    }
  }
  out.request_ = {.method = "POST", .url = options.url, .headers = std::move(options.headers)};
  out.request_.headers.push_back({"Content-Type", std::move(options.content_type)});
  if (const std::optional<std::string> flaw = aws::flaw_of(out.request_)) {
    return error{errc::usage, "for " + out.context_.origin + ": " + *flaw};
  }
  result<std::unique_ptr<aws::http_client>> client = aws::open_http_client(options.http);
  if (!client) {
    return client.failure();
  }
  out.client_ = std::move(client.value());
  return out;
}

http_result http_post::send(std::string body, std::vector<aws::http_header> more) {
  aws::http_request request = request_;
  request.body = std::move(body);
  for (aws::http_header& each : more) {
    request.headers.push_back(std::move(each));
  }
  return client_->send(request);
}

http_result http_post::send_to(const std::string& target, std::string body) {
  aws::http_request request = request_;
  request.url = context_.origin + target;
  request.body = std::move(body);
  return client_->send(request);
}

delivery_result http_post::judge(const http_result& got) const {
  answer_context context = context_;
  context.now_s = now_s();
  return emit::judge(got, context);
}

}  // namespace trailbell::emit
