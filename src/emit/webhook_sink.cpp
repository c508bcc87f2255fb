#include "trailbell/emit/webhook_sink.hpp"

#include <chrono>
#include <utility>

#include "emit/http_post.hpp"
#include "emit/signature.hpp"
#include "emit/webhook_shape.hpp"

namespace trailbell::emit {
namespace {

class webhook_sink final : public sink {
 public:
  webhook_sink(webhook_shape shape, http_post post, const webhook_options& options)
      : shape_{std::move(shape)},
        post_{std::move(post)},
        signing_key_{options.signing_key},
        signature_header_{options.signature_header} {}

  delivery_result deliver(std::span<const alert* const> alerts) override {
    std::string body = shape_.body(alerts);
    std::vector<aws::http_header> more;
    if (!signing_key_.empty()) {
      const auto now = std::chrono::duration_cast<std::chrono::seconds>(
          std::chrono::system_clock::now().time_since_epoch());
      more.push_back({signature_header_, sign(signing_key_, now.count(), body)});
    }
    return post_.judge(post_.send(std::move(body), std::move(more)));
  }
  std::size_t alerts_max() const noexcept override { return shape_.alerts_max(); }
  void hurry() override { post_.cancel(); }

 private:
  webhook_shape shape_;
  http_post post_;
  std::string signing_key_, signature_header_;
};

}  // namespace

result<std::unique_ptr<sink>> open_webhook_sink(const webhook_options& options) {
  result<webhook_shape> shape = webhook_shape::make(options);
  if (!shape) {
    return shape.failure();
  }
  const aws::http_request signed_one{.url = options.url,
                                     .headers = {{options.signature_header, ""}}};
  if (const std::optional<std::string> flaw = aws::flaw_of(signed_one)) {
    return error{errc::usage, "the signature of a webhook: " + *flaw};
  }
  result<http_post> post = http_post::open({.url = options.url,
                                            .content_type = shape.value().content_type(),
                                            .headers = options.headers,
                                            .secrets = {options.routing_key, options.signing_key},
                                            .http = options.http});
  if (!post) {
    return post.failure();
  }
  return std::unique_ptr<sink>{
      std::make_unique<webhook_sink>(std::move(shape.value()), std::move(post.value()), options)};
}

}  // namespace trailbell::emit
