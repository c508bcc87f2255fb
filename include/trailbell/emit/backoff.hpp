// backoff: how long to wait before the next attempt at something that failed.
//
// Exponential with full jitter: each wait is drawn evenly from nothing to base * 2^failures, at
// most `cap`, so that many who failed together do not come back together. A receiver that said when
// to come again is believed, within bounds. Pure: the seed is passed in, nothing is slept here.
//
// Thread-safety: none. Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace trailbell::emit {

struct backoff_options {
  std::chrono::milliseconds base{500};               // > 0
  std::chrono::milliseconds cap{60'000};             // >= base
  std::chrono::milliseconds asked_max{10 * 60'000};  // the longest wait that a receiver may ask for
};

class backoff {
 public:
  backoff(const backoff_options& options, std::uint64_t seed);

  // Counts a failure. `asked` is what the receiver wanted: at least that, within asked_max, and a
  // jitter of up to `base` on top.
  [[nodiscard]] std::chrono::milliseconds next(
      std::optional<std::chrono::milliseconds> asked = std::nullopt);
  // After a success.
  void reset() noexcept { failures_ = 0; }

  // Since the last success.
  [[nodiscard]] std::uint64_t failures() const noexcept { return failures_; }

 private:
  [[nodiscard]] std::chrono::milliseconds draw(std::chrono::milliseconds most);

  backoff_options options_;
  std::mt19937_64 random_;  // the standard fixes its numbers: a seed gives the same waits anywhere
  std::uint64_t failures_ = 0;
};

}  // namespace trailbell::emit
