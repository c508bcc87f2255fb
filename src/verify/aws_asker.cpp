#include "verify/aws_asker.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>

#include "aws/s3_error.hpp"
#include "trailbell/aws/endpoint.hpp"

namespace trailbell::verify {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds attempt_timeout{10};
// How long a wait looks away from what may stop it.
constexpr std::chrono::milliseconds look_interval{100};
constexpr int attempts_usual = 5;  // throttling is likely where much is listed at once
constexpr std::size_t pages_max = 10'000;
constexpr std::size_t body_bytes_max = std::size_t{16} << 20U;

bool has_any(const std::string& code, std::initializer_list<std::string_view> parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return code.find(part) != code.npos; });
}

aws::http_options http_of(const asking& with) {
  aws::http_options options = with.config.http();
  options.loaded_tls = with.tls;
  options.request_timeout = attempt_timeout;
  options.body_bytes_max = body_bytes_max;
  return options;
}

}  // namespace

aws_asker::aws_asker(const asking& with, std::string region, std::unique_ptr<aws::http_client> http)
    : with_{with}, region_{std::move(region)}, http_{std::move(http)} {}

result<std::unique_ptr<aws_asker>> aws_asker::open(const asking& with, std::string region) {
  result<std::unique_ptr<aws::http_client>> http = aws::open_http_client(http_of(with));
  if (!http) {
    return http.failure();
  }
  return std::unique_ptr<aws_asker>{
      new aws_asker{with, std::move(region), std::move(http.value())}};
}

result<std::string> aws_asker::endpoint_for(const aws_service& service) const {
  const aws::settings& config = with_.config;
  const std::string url = config.endpoint_url(service.id);
  return aws::endpoint_of({std::string{service.host}, region_, url.empty() && config.fips(),
                           url.empty() && config.dual_stack(), url});
}

aws_asker::asked_service& aws_asker::service(const aws_service& wanted) {
  const auto [at, is_new] = services_.try_emplace(wanted.section);
  asked_service& one = at->second;
  if (!is_new) {
    return one;
  }
  const result<std::string> endpoint = endpoint_for(wanted);
  if (!endpoint) {
    one.problem = endpoint.failure().message;
    return one;
  }
  aws::service_options options;
  options.endpoint = endpoint.value();
  options.scope = {region_, std::string{wanted.host}};
  if (wanted.style == call_style::rest) {
    options.scope.path = aws::path_form::as_sent;
    options.scope.body = aws::body_hash::stated;
  }
  options.attempts_max = with_.config.find("AWS_MAX_ATTEMPTS", "max_attempts")
                             ? with_.config.attempts_max()
                             : attempts_usual;
  options.http = http_of(with_);
  options.shared = http_.get();
  options.log = with_.log;
  options.given_up = with_.stopped;
  options.wait = [stopped = with_.stopped](std::chrono::milliseconds time) {
    const auto end = steady_clock::now() + time;
    for (auto left = time; left.count() > 0 && !(stopped && stopped());
         left = std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now())) {
      ::poll(nullptr, 0, static_cast<int>(std::min(left, look_interval).count()));
    }
  };
  auto opened = aws::service_client::open(std::move(options), &with_.who);
  if (opened) {
    one.client = std::move(opened.value());
  } else {
    one.problem = opened.failure().message;
  }
  return one;
}

call_answer aws_asker::failed_answer(const aws_call& call,
                                     const aws::service_failure& failure) const {
  call_answer answer{listing_state::failed, failure.message, {}, {}};
  const std::string& code = failure.code;
  if (call.service.style == call_style::rest) {
    const std::string there = aws::region_said(failure);
    answer.elsewhere = there == region_ ? "" : there;
  }
  const bool unknown_call =
      failure.status == 501 || code == "InvalidAction" || code.starts_with("UnknownOperation");
  if (failure.what == aws::service_failure::kind::refused &&
      has_any(code, {"AccessDenied", "Unauthorized", "NotAuthorized", "AuthorizationError"})) {
    answer.state = listing_state::denied;
  } else if (has_any(code, {"NotFound", "DoesNotExist", "NonExistent", "NoSuchBucket"}) ||
             (unknown_call && call.name == calls::list_mute_rules.name)) {
    answer.state = listing_state::absent;
  }
  return answer;
}

call_answer aws_asker::ask(const aws_call& call, const std::string& thing) {
  asked_service& asked = service(call.service);
  call_answer answer{listing_state::failed, asked.problem, {}, {}};
  if (!asked.problem.empty()) {
    return answer;
  }
  std::string token;
  while (answer.pages.size() < pages_max) {
    if (with_.stopped && with_.stopped()) {
      return {listing_state::failed,
              std::string{call.service.section} + " was not asked any more",
              {},
              {}};
    }
    aws::service_request request = request_of(call, thing, token);
    request.until = with_.until;
    const auto begin = steady_clock::now();
    const auto got = asked.client->send(request);
    if (!got) {
      const bool hung = got.failure().what == aws::service_failure::kind::unreachable &&
                        steady_clock::now() - begin >= attempt_timeout;
      asked.problem =
          hung ? "not asked, for it had let another request hang: " + got.failure().message : "";
      return failed_answer(call, got.failure());
    }
    result<answer_page> page = page_of(call, got.value().body);
    if (!page) {
      answer.error = std::string{call.service.section} + ": " + page.failure().message;
      answer.pages.clear();
      return answer;
    }
    answer.pages.push_back(std::move(page.value().json));
    if (page.value().token.empty()) {
      answer.state = listing_state::complete;
      return answer;
    }
    if (page.value().token == token) {
      break;
    }
    token = std::move(page.value().token);
  }
  return {listing_state::failed,
          std::string{call.service.section} + ": the pages of its answer have no end",
          {},
          {}};
}

result<std::string> aws_asker::queue_url(const std::string& account,
                                         const std::string& name) const {
  const result<std::string> endpoint = endpoint_for(services::sqs);
  if (!endpoint) {
    return endpoint.failure();
  }
  return endpoint.value() + "/" + account + "/" + name;
}

}  // namespace trailbell::verify
