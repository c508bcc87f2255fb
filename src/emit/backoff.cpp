#include "trailbell/emit/backoff.hpp"

#include <algorithm>

#include "trailbell/base/ensure.hpp"

namespace trailbell::emit {

using std::chrono::milliseconds;

backoff::backoff(const backoff_options& options, std::uint64_t seed)
    : options_{options}, random_{seed} {
  ensure(options.base > milliseconds{0}, "a backoff's base is positive");
  ensure(options.cap >= options.base, "a backoff's cap is no less than its base");
}

milliseconds backoff::next(std::optional<milliseconds> asked) {
  milliseconds most = options_.base;
  for (std::uint64_t i = 0; i < failures_ && most < options_.cap; ++i) {
    most = std::min(most * 2, options_.cap);
  }
  ++failures_;
  if (!asked) {
    return draw(most);
  }
  return std::clamp(*asked, milliseconds{0}, options_.asked_max) + draw(options_.base);
}

milliseconds backoff::draw(milliseconds most) {
  // The remainder's bias is below 1 in 2^40 for waits of hours.
  return milliseconds{random_() % (static_cast<std::uint64_t>(most.count()) + 1)};
}

}  // namespace trailbell::emit
