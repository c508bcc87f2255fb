#include "trailbell/observe/progress.hpp"

#include <gtest/gtest.h>

namespace trailbell::observe {
namespace {

TEST(progress, tells_how_far_how_fast_and_how_long_still) {
  const std::string line =
      progress_line({250'000'000, 1'000'000'000, 2'000'000'000, 1'000'000, 42, 2.0}, 200);
  for (const char* const part :
       {"25%", "250 MB of 1.00 GB", "1.00 GB/s", "500,000 records/s", "42 alerts", "ETA 00:06"}) {
    EXPECT_NE(line.find(part), std::string::npos) << part << ": " << line;
  }
}

TEST(progress, promises_nothing_that_it_does_not_know) {
  const std::string line = progress_line({1000, 0, 1000, 1, 0, 5.0}, 200);
  EXPECT_NE(line.find("ETA --:--"), std::string::npos) << line;
  EXPECT_EQ(line.find('%'), std::string::npos) << line;
}

TEST(progress, counts_hours) {
  EXPECT_NE(progress_line({1, 3601, 1, 1, 0, 2.0}, 200).find("ETA 2:00:00"), std::string::npos);
}

TEST(progress, fits_the_terminal) {
  EXPECT_LE(progress_line({1, 2, 3, 4, 5, 6}, 20).size(), 20U);
}

TEST(progress, stands_at_the_end_when_files_grew) {
  EXPECT_NE(progress_line({200, 100, 1, 1, 0, 2.0}, 200).find("ETA 00:00"), std::string::npos);
}

}  // namespace
}  // namespace trailbell::observe
