#include "trailbell/base/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace trailbell {
namespace {

TEST(bounded_queue, hands_on_in_order) {
  bounded_queue<int> queue{4};
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_FALSE(queue.empty());
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
}

TEST(bounded_queue, drains_after_close_and_takes_no_more) {
  bounded_queue<std::unique_ptr<int>> queue{4};
  EXPECT_TRUE(queue.push(std::make_unique<int>(7)));
  queue.close();
  EXPECT_FALSE(queue.push(std::make_unique<int>(8)));
  EXPECT_EQ(*queue.pop().value(), 7);
  EXPECT_FALSE(queue.pop().has_value());
}

TEST(bounded_queue, a_wait_that_ends_without_a_value_says_whether_more_may_come) {
  bounded_queue<int> queue{1};
  bool closed = true;
  EXPECT_FALSE(queue.pop_for(std::chrono::milliseconds{1}, closed).has_value());
  EXPECT_FALSE(closed);
  queue.close();
  EXPECT_FALSE(queue.pop_for(std::chrono::milliseconds{1}, closed).has_value());
  EXPECT_TRUE(closed);
}

TEST(bounded_queue, holds_the_giver_back_while_full_and_lets_it_go_on_close) {
  bounded_queue<int> queue{1};
  ASSERT_TRUE(queue.push(1));
  std::atomic<bool> taken{true};
  std::thread giver{[&] { taken = queue.push(2); }};
  queue.close();
  giver.join();
  EXPECT_FALSE(taken);
}

TEST(bounded_queue, loses_and_repeats_nothing_between_many_threads) {
  constexpr int each = 5000;
  bounded_queue<int> queue{8};
  std::vector<std::thread> givers;
  for (int g = 0; g < 3; ++g) {
    givers.emplace_back([&queue, g] {
      for (int i = 0; i < each; ++i) {
        queue.push(g * each + i);
      }
    });
  }
  std::vector<std::atomic<int>> seen(3 * each);
  std::vector<std::thread> takers;
  for (int t = 0; t < 3; ++t) {
    takers.emplace_back([&] {
      while (const std::optional<int> value = queue.pop()) {
        ++seen[static_cast<std::size_t>(*value)];
      }
    });
  }
  for (std::thread& giver : givers) {
    giver.join();
  }
  queue.close();
  for (std::thread& taker : takers) {
    taker.join();
  }
  for (const std::atomic<int>& count : seen) {
    EXPECT_EQ(count, 1);
  }
}

}  // namespace
}  // namespace trailbell
