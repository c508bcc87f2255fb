#include "trailbell/emit/alertmanager_sink.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "emit/alertmanager_alert.hpp"
#include "emit/http_post.hpp"
#include "trailbell/emit/backoff.hpp"

namespace trailbell::emit {
namespace {

using std::chrono::steady_clock;

class alertmanager_sink final : public sink {
 public:
  alertmanager_sink(alertmanager_alert shape, std::vector<http_post> cluster, std::size_t most)
      : shape_{std::move(shape)}, alerts_max_{std::max<std::size_t>(most, 1)} {
    for (http_post& post : cluster) {
      const std::uint64_t seed = std::hash<std::string>{}(post.origin());
      members_.push_back({std::move(post), backoff{{}, seed}, {}});
    }
  }

  delivery_result deliver(std::span<const alert* const> alerts) override {
    const std::string body = body_of(alerts);
    std::optional<delivery_result> worst;
    bool accepted = false;
    const auto ask = [&](member& each) {
      const delivery_result got = each.post.judge(each.post.send(body));
      note(each, got);
      accepted = accepted || got.what == delivery::accepted;
      if (!worst || (got.what == delivery::retry && worst->what != delivery::retry)) {
        worst = got;
      }
    };
    std::vector<member*> resting;
    for (member& each : members_) {
      each.rests_until > steady_clock::now() ? resting.push_back(&each) : ask(each);
    }
    // Where nobody else took them, those who failed lately are asked after all.
    for (member* const each : resting) {
      if (accepted) {
        break;
      }
      ask(*each);
    }
    return accepted ? delivery_result{} : *worst;
  }
  std::size_t alerts_max() const noexcept override { return alerts_max_; }
  void hurry() override {
    for (member& each : members_) {
      each.post.cancel();
    }
  }

 private:
  struct member {
    http_post post;
    backoff waits;
    steady_clock::time_point rests_until;
  };

  std::string body_of(std::span<const alert* const> alerts) const {
    const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    std::string out = "[";
    for (std::size_t i = 0; i < alerts.size(); ++i) {
      out.append(i == 0 ? "" : ",");
      shape_.append(*alerts[i], now.count(), out);
    }
    return out + "]";
  }

  static void note(member& each, const delivery_result& got) {
    if (got.what == delivery::retry) {
      each.rests_until = steady_clock::now() + each.waits.next(got.wait);
    } else {
      each.waits.reset();
      each.rests_until = {};
    }
  }

  alertmanager_alert shape_;
  std::vector<member> members_;
  std::size_t alerts_max_;
};

}  // namespace

result<std::unique_ptr<sink>> open_alertmanager_sink(const alertmanager_options& options) {
  if (options.urls.empty()) {
    return error{errc::usage, "an Alertmanager sink without a URL"};
  }
  result<alertmanager_alert> shape = alertmanager_alert::make(options);
  if (!shape) {
    return shape.failure();
  }
  std::vector<http_post> cluster;
  for (std::string url : options.urls) {
    while (url.ends_with('/')) {
      url.pop_back();
    }
    result<http_post> post = http_post::open({.url = url + "/api/v2/alerts",
                                              .content_type = "application/json",
                                              .headers = options.headers,
                                              .secrets = {},
                                              .http = options.http});
    if (!post) {
      return post.failure();
    }
    cluster.push_back(std::move(post.value()));
  }
  return std::unique_ptr<sink>{std::make_unique<alertmanager_sink>(
      std::move(shape.value()), std::move(cluster), options.alerts_max)};
}

}  // namespace trailbell::emit
