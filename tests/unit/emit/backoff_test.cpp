#include "trailbell/emit/backoff.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace trailbell::emit {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

constexpr backoff_options quick{.base = 100ms, .cap = 1000ms, .asked_max = 5000ms};

// The longest and the shortest n-th wait over many seeds.
std::pair<milliseconds, milliseconds> range_of(int attempt) {
  milliseconds shortest = 1h;
  milliseconds longest = 0ms;
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    backoff waits{quick, seed};
    milliseconds wait = 0ms;
    for (int i = 0; i < attempt; ++i) {
      wait = waits.next();
    }
    shortest = std::min(shortest, wait);
    longest = std::max(longest, wait);
  }
  return {shortest, longest};
}

TEST(backoff, draws_evenly_from_nothing_to_a_bound_that_doubles_up_to_the_cap) {
  constexpr milliseconds bounds[] = {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms};
  for (int attempt = 1; attempt <= 6; ++attempt) {
    const auto [shortest, longest] = range_of(attempt);
    EXPECT_LE(longest, bounds[attempt - 1]);
    EXPECT_GT(longest, bounds[attempt - 1] * 98 / 100);
    EXPECT_LT(shortest, bounds[attempt - 1] * 2 / 100);
  }
}

TEST(backoff, never_overflows) {
  backoff waits{{.base = 1ms, .cap = 24h, .asked_max = 1h}, 7};
  for (int i = 0; i < 10'000; ++i) {
    const milliseconds wait = waits.next();
    ASSERT_GE(wait, 0ms);
    ASSERT_LE(wait, 24h);
  }
  EXPECT_EQ(waits.failures(), 10'000U);
}

TEST(backoff, gives_the_same_waits_for_the_same_seed_and_others_for_another) {
  backoff first{quick, 1};
  backoff same{quick, 1};
  backoff other{quick, 2};
  std::vector<milliseconds> waits[3];
  for (int i = 0; i < 8; ++i) {
    waits[0].push_back(first.next());
    waits[1].push_back(same.next());
    waits[2].push_back(other.next());
  }
  EXPECT_EQ(waits[0], waits[1]);
  EXPECT_NE(waits[0], waits[2]);
}

TEST(backoff, waits_at_least_as_long_as_it_was_asked_to_within_the_bound) {
  backoff waits{quick, 3};
  for (int i = 0; i < 100; ++i) {
    const milliseconds wait = waits.next(2000ms);
    EXPECT_GE(wait, 2000ms);
    EXPECT_LE(wait, 2100ms);
  }
  EXPECT_LE(waits.next(24h), 5100ms);
  EXPECT_GE(waits.next(24h), 5000ms);
  EXPECT_LE(waits.next(-5s), 100ms);
  EXPECT_GE(waits.next(-5s), 0ms);
}

TEST(backoff, begins_anew_after_a_success) {
  milliseconds longest = 0ms;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    backoff waits{quick, seed};
    for (int i = 0; i < 5; ++i) {
      static_cast<void>(waits.next());
    }
    waits.reset();
    EXPECT_EQ(waits.failures(), 0U);
    longest = std::max(longest, waits.next());
  }
  EXPECT_LE(longest, 100ms);
}

}  // namespace
}  // namespace trailbell::emit
