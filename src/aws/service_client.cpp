#include "trailbell/aws/service_client.hpp"

#include <poll.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <random>
#include <utility>

#include "aws/retry.hpp"
#include "aws/service_error.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

// AWS takes a signature's time within five minutes of its own.
constexpr std::chrono::seconds skew_max{240};
constexpr std::size_t said_bytes_max = 500;

unix_time system_now() {
  return std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
}

void wait_for(std::chrono::milliseconds time) {
  ::poll(nullptr, 0, static_cast<int>(time.count()));
}

double drawn() {
  thread_local std::mt19937_64 random{std::random_device{}()};
  return std::uniform_real_distribution<double>{0, 1}(random);
}

class fixed_source final : public credentials_source {
 public:
  explicit fixed_source(credentials keys) : keys_{std::move(keys)} {}
  result<credentials> get() override { return keys_; }
  void forget() override {}

 private:
  credentials keys_;
};

service_failure::kind from(failure_kind kind, int status) {
  switch (kind) {
    case failure_kind::throttled:
      return service_failure::kind::throttled;
    case failure_kind::expired:
      return service_failure::kind::credentials;
    case failure_kind::lasting:
    case failure_kind::clock:
      break;
    case failure_kind::transient:
    case failure_kind::timed_out:
      return status == 0 ? service_failure::kind::unreachable : service_failure::kind::server;
  }
  return service_failure::kind::refused;
}

service_failure::kind kind_of(net_fault what) {
  switch (what) {
    case net_fault::usage:
      return service_failure::kind::usage;
    case net_fault::too_large:
      return service_failure::kind::too_large;
    default:
      return service_failure::kind::unreachable;
  }
}

struct judged {
  failure_kind kind;
  service_failure why;
};

}  // namespace

std::unique_ptr<credentials_source> fixed_credentials(credentials keys) {
  return std::make_unique<fixed_source>(std::move(keys));
}

namespace {

// Several clients whose keys were refused at the same time say so within this.
constexpr std::chrono::seconds forget_once_in{5};

class shared_source final : public credentials_source {
 public:
  explicit shared_source(std::unique_ptr<credentials_source> source) : source_{std::move(source)} {}

  result<credentials> get() override {
    const std::lock_guard lock{mutex_};
    return source_->get();
  }
  void forget() override {
    const std::lock_guard lock{mutex_};
    const auto now = std::chrono::steady_clock::now();
    if (!forgot_ || now - *forgot_ > forget_once_in) {
      forgot_ = now;
      source_->forget();
    }
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<credentials_source> source_;
  std::optional<std::chrono::steady_clock::time_point> forgot_;
};

}  // namespace

std::unique_ptr<credentials_source> share_credentials(std::unique_ptr<credentials_source> source) {
  return std::make_unique<shared_source>(std::move(source));
}

class service_client::state {
 public:
  state(service_options options, credentials_source* who, std::unique_ptr<http_client> http)
      : options_{std::move(options)},
        who_{who},
        own_{std::move(http)},
        http_{own_ ? own_.get() : options_.shared} {
    options_.now = options_.now ? options_.now : system_now;
    options_.wait = options_.wait ? options_.wait : wait_for;
    options_.draw = options_.draw ? options_.draw : drawn;
  }

  result<http_response, service_failure> send(const service_request& request) {
    bool skewed = false;
    bool renewed = false;
    for (int failures = 1;; ++failures) {
      auto attempt = try_once(request);
      if (attempt) {
        quota_.give_back();
        return std::move(attempt.value());
      }
      const judged& failed = attempt.failure();
      if (request.cut != nullptr && request.cut->status / 100 == 2) {
        return failed.why;
      }
      if (failed.kind == failure_kind::clock && skew_found_ && !skewed) {
        skewed = true;
        continue;
      }
      if (failed.kind == failure_kind::expired && who_ != nullptr && !renewed) {
        renewed = true;
        who_->forget();
        continue;
      }
      const bool again = failed.kind == failure_kind::transient ||
                         failed.kind == failure_kind::timed_out ||
                         failed.kind == failure_kind::throttled;
      if (!again || failures >= options_.attempts_max || given_up() || !quota_.take(failed.kind)) {
        return failed.why;
      }
      const auto pause = retry_wait(failures, options_.draw());
      if (request.until && std::chrono::steady_clock::now() + pause >= *request.until) {
        return failed.why;
      }
      if (options_.log) {
        options_.log(log_level::debug,
                     failed.why.message + "; again in " + std::to_string(pause.count()) + " ms");
      }
      options_.wait(pause);
      if (given_up()) {
        return failed.why;
      }
    }
  }

 private:
  [[nodiscard]] bool given_up() const { return options_.given_up && options_.given_up(); }

  result<http_response, judged> try_once(const service_request& request) {
    http_request message{.method = request.method,
                         .url = url_of(request),
                         .headers = request.headers,
                         .body = request.body,
                         .timeout = timeout_of(request, options_.http.request_timeout),
                         .idle_timeout = request.idle_timeout,
                         .body_bytes_max = request.body_bytes_max,
                         .cut = request.cut};
    if (request.cut != nullptr) {
      *request.cut = {};
    }
    if (message.timeout && message.timeout->count() <= 0) {
      return judged{failure_kind::lasting,
                    {service_failure::kind::unreachable, 0, "",
                     options_.scope.service + " was not asked: the time was over"}};
    }
    if (who_ != nullptr) {
      const result<credentials> keys = who_->get();
      if (!keys) {
        return judged{failure_kind::lasting,
                      {service_failure::kind::credentials, 0, "", keys.failure().message}};
      }
      if (const auto made = sign(message, keys.value(), options_.scope, options_.now() + skew_);
          !made) {
        return judged{failure_kind::lasting,
                      {service_failure::kind::usage, 0, "", made.failure().message}};
      }
    }
    auto got = http_->send(message);
    if (!got) {
      return judge(got.failure());
    }
    const int status = got.value().status;
    if (status / 100 == 2 || status == 304) {
      return std::move(got.value());
    }
    return judge(got.value());
  }

  [[nodiscard]] static std::optional<std::chrono::milliseconds> timeout_of(
      const service_request& request, std::chrono::milliseconds usual) {
    if (!request.until) {
      return request.timeout;
    }
    return std::min(request.timeout.value_or(usual),
                    std::chrono::duration_cast<std::chrono::milliseconds>(
                        *request.until - std::chrono::steady_clock::now()));
  }

  std::string url_of(const service_request& request) const {
    const std::size_t host = options_.endpoint.find("://") + 3;
    return options_.endpoint.substr(0, host) + request.host_prefix +
           options_.endpoint.substr(host) + request.target;
  }

  judged judge(const net_failure& failure) const {
    const bool lasting = failure.what == net_fault::usage || failure.what == net_fault::untrusted ||
                         failure.what == net_fault::too_large;
    const failure_kind kind = lasting                                ? failure_kind::lasting
                              : failure.what == net_fault::timed_out ? failure_kind::timed_out
                                                                     : failure_kind::transient;
    return {kind, {kind_of(failure.what), 0, "", options_.scope.service + ": " + failure.message}};
  }

  judged judge(const http_response& response) {
    const service_error said = error_of(response);
    const failure_kind kind = kind_of(response.status, said.code);
    skew_found_ = kind == failure_kind::clock && correct_clock(response);
    std::string message = options_.scope.service + " answered " + std::to_string(response.status);
    if (!said.code.empty()) {
      message += " " + said.code;
    }
    if (!said.message.empty()) {
      message += ": " + said.message.substr(0, said_bytes_max);
    }
    if (!said.request_id.empty()) {
      message += " (request " + said.request_id + ")";
    }
    std::string shown;
    append_printable(message, shown);
    return {kind, {from(kind, response.status), response.status, said.code, shown, response}};
  }

  // Whether our clock was off, and is corrected now.
  bool correct_clock(const http_response& response) {
    const auto theirs = parse_http_date(response.header("date").value_or(""));
    if (!theirs) {
      return false;
    }
    const std::chrono::seconds off = *theirs - (options_.now() + skew_);
    if (std::chrono::abs(off) < skew_max) {
      return false;
    }
    skew_ += off;
    if (options_.log) {
      options_.log(log_level::warning, "the clock of this machine is " +
                                           std::to_string(std::abs(skew_.count())) +
                                           " s off; requests to " + options_.scope.service +
                                           " are signed with the time of AWS");
    }
    return true;
  }

  service_options options_;
  credentials_source* who_;
  std::unique_ptr<http_client> own_;
  http_client* http_;
  retry_quota quota_;
  std::chrono::seconds skew_{};
  bool skew_found_ = false;  // by the last response
};

service_client::service_client(std::unique_ptr<state> made) : state_{std::move(made)} {}
service_client::~service_client() = default;

result<std::unique_ptr<service_client>> service_client::open(service_options options,
                                                             credentials_source* who) {
  std::unique_ptr<http_client> own;
  if (options.shared == nullptr) {
    result<std::unique_ptr<http_client>> http = open_http_client(options.http);
    if (!http) {
      return http.failure();
    }
    own = std::move(http.value());
  }
  return std::unique_ptr<service_client>{
      new service_client{std::make_unique<state>(std::move(options), who, std::move(own))}};
}

result<http_response, service_failure> service_client::send(const service_request& request) {
  return state_->send(request);
}

}  // namespace trailbell::aws
