#include "trailbell/emit/dedup_window.hpp"

#include <gtest/gtest.h>

namespace trailbell::emit {
namespace {

TEST(dedup_window, admits_once) {
  dedup_window window;
  EXPECT_TRUE(window.admit("a"));
  EXPECT_FALSE(window.admit("a"));
  EXPECT_TRUE(window.admit("b"));
}

TEST(dedup_window, forgets_the_oldest_first_and_never_grows_beyond_its_bound) {
  dedup_window window{3};
  for (const char* const each : {"a", "b", "c", "d"}) {
    EXPECT_TRUE(window.admit(each));
  }
  EXPECT_EQ(window.size(), 3U);
  EXPECT_FALSE(window.admit("b"));
  EXPECT_TRUE(window.admit("a"));
  EXPECT_EQ(window.size(), 3U);
}

TEST(dedup_window, takes_an_admission_back) {
  dedup_window window{2};
  EXPECT_TRUE(window.admit("a"));
  window.forget("a");
  window.forget("never seen");
  EXPECT_EQ(window.size(), 0U);
  EXPECT_TRUE(window.admit("a"));
  EXPECT_TRUE(window.admit("b"));
  EXPECT_FALSE(window.admit("a"));
}

}  // namespace
}  // namespace trailbell::emit
