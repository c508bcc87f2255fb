#include "aws/retry.hpp"

#include <algorithm>
#include <array>

namespace trailbell::aws {
namespace {

constexpr int quota_max = 500;
constexpr int retry_cost = 5;
constexpr int timeout_cost = 10;
constexpr std::chrono::milliseconds wait_max{20'000};

constexpr std::array<std::string_view, 16> of_throttling{
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
    "KmsThrottled",
    "OverLimit",
};
constexpr std::array<std::string_view, 4> of_the_moment{
    "InternalError", "InternalFailure", "InternalServerError", "ServiceUnavailable"};
constexpr std::array<std::string_view, 2> of_time{"RequestTimeout", "RequestTimeoutException"};
constexpr std::array<std::string_view, 6> of_the_clock{
    "RequestTimeTooSkewed", "RequestExpired",        "InvalidSignatureException",
    "RequestInTheFuture",   "SignatureDoesNotMatch", "AuthFailure",
};
constexpr std::array<std::string_view, 3> of_the_credentials{
    "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"};

template <class Codes>
bool is_one_of(const Codes& codes, std::string_view code) noexcept {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

failure_kind kind_of(int status, std::string_view code) noexcept {
  if (is_one_of(of_throttling, code) || status == 429) {
    return failure_kind::throttled;
  }
  if (is_one_of(of_the_clock, code)) {
    return failure_kind::clock;
  }
  if (is_one_of(of_the_credentials, code)) {
    return failure_kind::expired;
  }
  if (is_one_of(of_time, code)) {
    return failure_kind::timed_out;
  }
  const bool passing = status == 500 || status == 502 || status == 503 || status == 504 ||
                       is_one_of(of_the_moment, code);
  return passing ? failure_kind::transient : failure_kind::lasting;
}

bool retry_quota::take(failure_kind kind) noexcept {
  const int cost = kind == failure_kind::timed_out ? timeout_cost : retry_cost;
  if (cost > left_) {
    return false;
  }
  left_ -= cost;
  last_cost_ = cost;
  return true;
}

void retry_quota::give_back() noexcept {
  left_ = std::min(quota_max, left_ + std::max(last_cost_, 1));
  last_cost_ = 0;
}

std::chrono::milliseconds retry_wait(int failures, double drawn) noexcept {
  const auto most =
      std::min(wait_max, std::chrono::milliseconds{1'000} * (1 << std::clamp(failures - 1, 0, 5)));
  return std::chrono::milliseconds{
      static_cast<std::int64_t>(drawn * static_cast<double>(most.count()))};
}

}  // namespace trailbell::aws
