// What is done about a request that failed: AWS's standard mode. Pure. Source: AWS SDKs and Tools
// Reference Guide, "Retry behavior".
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace trailbell::aws {

enum class failure_kind : std::uint8_t {
  lasting,    // doing it again changes nothing
  transient,  // 500, 502, 503, 504, a connection that broke
  timed_out,  // a transient one that costs twice
  throttled,
  clock,    // the signature's time, or the signature
  expired,  // the credentials are over
};

[[nodiscard]] failure_kind kind_of(int status, std::string_view code) noexcept;

// What may be spent on retries, so that many that fail do not make it worse: of all requests.
class retry_quota {
 public:
  // False: there is not enough left.
  [[nodiscard]] bool take(failure_kind kind) noexcept;
  // A request succeeded: its last retry's cost comes back, or a little.
  void give_back() noexcept;
  [[nodiscard]] int left() const noexcept { return left_; }

 private:
  int left_ = 500;
  int last_cost_ = 0;
};

// Before the retry number `failures` (from 1): up to 2^(failures-1) s, 20 s at most. `drawn` in
// [0, 1).
[[nodiscard]] std::chrono::milliseconds retry_wait(int failures, double drawn) noexcept;

}  // namespace trailbell::aws
