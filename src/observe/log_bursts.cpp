#include "observe/log_bursts.hpp"

#include <algorithm>

namespace trailbell::observe {
namespace {

constexpr std::string_view others = "(others)";

}  // namespace

log_bursts::bursts::iterator log_bursts::find(std::string_view kind) {
  const auto found = kinds_.find(kind);
  return found == kinds_.end() && kinds_.size() >= kinds_max ? kinds_.find(others) : found;
}

bool log_bursts::admit(std::string_view kind, std::int64_t now_ns) {
  auto found = find(kind);
  if (found == kinds_.end()) {
    const bool room = kinds_.size() < kinds_max;
    found = kinds_.try_emplace(std::string{room ? kind : others}, burst{.begin_ns = now_ns}).first;
  }
  burst& of = found->second;
  if (of.flooded || of.written == written_max) {
    return false;
  }
  ++of.written;
  return true;
}

void log_bursts::hold(std::string_view kind, log_message message) {
  burst& of = find(kind)->second;
  ++of.held;
  of.last = std::move(message);
}

std::vector<held_back> log_bursts::take_due(std::int64_t now_ns, bool all) {
  std::vector<held_back> due;
  for (auto at = kinds_.begin(); at != kinds_.end();) {
    burst& of = at->second;
    const std::int64_t age_ns = now_ns - of.begin_ns;
    const bool over = all || age_ns >= window_ns || age_ns < 0;  // the clock was put back
    if (over && of.held == 0) {
      at = kinds_.erase(at);
      continue;
    }
    if (over) {
      const std::int64_t seconds = std::max<std::int64_t>(age_ns, 0) / 1'000'000'000;
      due.push_back({std::move(of.last), of.held, seconds});
      of = {.begin_ns = now_ns, .flooded = true};
    }
    ++at;
  }
  return due;
}

}  // namespace trailbell::observe
