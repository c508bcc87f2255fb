#include "emit/http_post.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace trailbell::emit {
namespace {

std::int64_t now_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// What is shorter is no credential that would hold, and may be a word that reasons need. Of a path,
// which has words too, only longer pieces count.
constexpr std::size_t secret_bytes_min = 8;
constexpr std::size_t secret_piece_of_url_bytes_min = 16;

// The text, and each piece of it between separators: an answer may repeat a token without what
// stood around it.
void add_secrets(std::string_view text, std::string_view separators, std::size_t piece_bytes_min,
                 std::vector<std::string>& secrets) {
  if (text.size() >= secret_bytes_min) {
    secrets.emplace_back(text);
  }
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end >= piece_bytes_min) {
      secrets.emplace_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
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
  add_secrets(address.value().target, "/?&=", secret_piece_of_url_bytes_min, out.context_.secrets);
  for (const aws::http_header& each : options.headers) {
    add_secrets(each.value, " ", secret_bytes_min, out.context_.secrets);
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
