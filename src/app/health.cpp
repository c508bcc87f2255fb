#include "app/health.hpp"

#include <fmt/format.h>

#include <limits>

#include "trailbell/base/ensure.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

constexpr std::int64_t ended = std::numeric_limits<std::int64_t>::max();

}  // namespace

readiness::readiness(const std::vector<std::string>& conditions) {
  for (const std::string& name : conditions) {
    conditions_.push_back({name, "starting"});
  }
}

void readiness::set(std::size_t place, std::string_view why_not) {
  std::string reason;
  append_printable(why_not.substr(0, limits::health_reason_bytes_max), reason);
  const std::lock_guard lock{mutex_};
  ensure(place < conditions_.size(), "a condition is one of the list");
  conditions_[place].why_not = std::move(reason);
}

void readiness::set_stopping() {
  const std::lock_guard lock{mutex_};
  stopping_ = true;
}

health_report readiness::report() const {
  const std::lock_guard lock{mutex_};
  std::string reasons = stopping_ ? "service: stopping\n" : "";
  for (const auto& [name, why_not] : conditions_) {
    if (!why_not.empty()) {
      reasons += fmt::format("{}: {}\n", name, why_not);
    }
  }
  return reasons.empty() ? health_report{true, "ready\n"}
                         : health_report{false, "not ready\n" + reasons};
}

liveness::liveness(std::vector<watched_loop> loops, std::int64_t now_ns)
    : loops_{std::move(loops)}, beats_(loops_.size()) {
  for (auto& last : beats_) {
    last = now_ns;
  }
}

void liveness::beat(std::size_t loop, std::int64_t now_ns) noexcept {
  beats_[loop].store(now_ns, std::memory_order_relaxed);
}

void liveness::end(std::size_t loop) noexcept {
  beat(loop, ended);
}

health_report liveness::report(std::int64_t now_ns) const {
  std::string silent;
  for (std::size_t i = 0; i < loops_.size(); ++i) {
    const std::int64_t last = beats_[i].load(std::memory_order_relaxed);
    if (last < now_ns && now_ns - last > loops_[i].silence_max_ns) {
      silent += fmt::format("{}: has not come round for {} s\n", loops_[i].name,
                            (now_ns - last) / 1'000'000'000);
    }
  }
  return silent.empty() ? health_report{true, "alive\n"}
                        : health_report{false, "not alive\n" + silent};
}

}  // namespace trailbell::app
