// http_post: what the HTTP sinks share: a URL, its headers, and how an answer is judged.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "emit/http_outcome.hpp"
#include "trailbell/aws/http_client.hpp"
#include "trailbell/aws/url.hpp"

namespace trailbell::emit {

struct http_post_options {
  std::string url;
  std::string content_type;
  std::vector<aws::http_header> headers;
  std::vector<std::string> secrets;  // beside the URL's path and the headers' values
  aws::http_options http;
};

// Thread-safety: none but of cancel().
class http_post {
 public:
  // Errors: a URL or header that is none; see open_http_client().
  [[nodiscard]] static result<http_post> open(http_post_options options);

  [[nodiscard]] http_result send(std::string body, std::vector<aws::http_header> more = {});
  // The same to another path and query of that server.
  [[nodiscard]] http_result send_to(const std::string& target, std::string body);
  // For good: what is under way, and what comes, ends at once and is to be tried again.
  void cancel() { client_->cancel(); }
  [[nodiscard]] delivery_result judge(const http_result& got) const;
  [[nodiscard]] const std::string& origin() const noexcept { return context_.origin; }

 private:
  http_post() = default;

  aws::http_request request_;
  answer_context context_;
  std::unique_ptr<aws::http_client> client_;
};

}  // namespace trailbell::emit
