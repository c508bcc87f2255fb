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
  dedup_window window{{.entries = 3}};
  for (const char* const each : {"a", "b", "c", "d"}) {
    EXPECT_TRUE(window.admit(each));
  }
  EXPECT_EQ(window.size(), 3U);
  EXPECT_FALSE(window.admit("b"));
  EXPECT_TRUE(window.admit("a"));
  EXPECT_EQ(window.size(), 3U);
}

TEST(dedup_window, takes_an_admission_back) {
  dedup_window window{{.entries = 2}};
  EXPECT_TRUE(window.admit("a"));
  window.forget("a");
  window.forget("never seen");
  EXPECT_EQ(window.size(), 0U);
  EXPECT_TRUE(window.admit("a"));
  EXPECT_TRUE(window.admit("b"));
  EXPECT_FALSE(window.admit("a"));
}

TEST(dedup_window, an_admission_that_was_taken_back_and_given_again_is_as_young_as_the_second) {
  dedup_window window{{.entries = 2}};
  EXPECT_TRUE(window.admit("a"));
  window.forget("a");
  EXPECT_TRUE(window.admit("b"));
  EXPECT_TRUE(window.admit("a"));
  EXPECT_TRUE(window.admit("c"));  // b is the oldest now
  EXPECT_FALSE(window.admit("a"));
  EXPECT_TRUE(window.admit("b"));
}

TEST(dedup_window, stays_bounded_while_the_same_is_admitted_and_taken_back) {
  dedup_window window{{.entries = 2}};
  EXPECT_TRUE(window.admit("kept"));
  for (int i = 0; i < 100; ++i) {
    window.admit("a");
    window.forget("a");
  }
  EXPECT_LE(window.size(), 2U);
}

TEST(dedup_window, forgets_what_is_too_old) {
  dedup_window window{{.age_ns = 10}};
  EXPECT_TRUE(window.admit("a", 0));
  EXPECT_FALSE(window.admit("a", 9));
  EXPECT_TRUE(window.admit("a", 10));
  EXPECT_FALSE(window.admit("a", 19));
}

}  // namespace
}  // namespace trailbell::emit
