#include "consume/checkpoint.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace trailbell::consume {
namespace {

namespace fs = std::filesystem;

class checkpoint_test : public ::testing::Test {
 protected:
  checkpoint_test() {
    std::string name = (fs::temp_directory_path() / "checkpoint_XXXXXX").string();
    base_ = mkdtemp(name.data());
  }
  ~checkpoint_test() override { fs::remove_all(base_); }

  [[nodiscard]] std::string path(const std::string& name) const { return (base_ / name).string(); }
  result<checkpoint> open() const { return checkpoint::open(path("checkpoint")); }
  [[nodiscard]] std::uintmax_t bytes() const { return fs::file_size(base_ / "checkpoint"); }

  fs::path base_;
};

// A folder that files come into and are taken out of for months.
TEST_F(checkpoint_test, forgets_files_that_are_gone_while_it_is_in_use) {
  std::ofstream{path("stays")} << "1";
  const file_stamp stays = *stamp_of(path("stays"));
  {
    checkpoint all = std::move(open().value());
    all.add(path("stays"), stays);
    ASSERT_TRUE(all.save().ok());
    const std::uintmax_t line = bytes();
    for (std::size_t i = 0; i < 5 * limits::checkpoint_lines_min; ++i) {
      const std::string gone = path("gone" + std::to_string(i));
      all.add(gone, {1, 1});
      if (i % 1'000 == 0) {
        ASSERT_TRUE(all.save().ok());
        EXPECT_LT(bytes(), 2 * limits::checkpoint_lines_min * line);
      }
    }
    ASSERT_TRUE(all.save().ok());
    EXPECT_FALSE(all.is_done(path("gone0"), {1, 1}));
    EXPECT_TRUE(all.is_done(path("stays"), stays));
  }
  EXPECT_TRUE(open().value().is_done(path("stays"), stays));
}

// The same line again and again.
TEST_F(checkpoint_test, does_not_grow_with_a_file_that_changes) {
  std::ofstream{path("log")} << "1";
  checkpoint all = std::move(open().value());
  for (std::size_t i = 0; i < 3 * limits::checkpoint_lines_min; ++i) {
    all.add(path("log"), {i, 1});
    if (i % 1'000 == 0) {
      ASSERT_TRUE(all.save().ok());
    }
  }
  ASSERT_TRUE(all.save().ok());
  EXPECT_LT(bytes(), 1'000U + limits::checkpoint_lines_min * (path("log").size() + 10));
}

TEST_F(checkpoint_test, goes_on_in_the_old_file_where_it_cannot_be_written_anew) {
  checkpoint all = std::move(open().value());
  fs::create_directory(path("checkpoint.new"));
  std::ofstream{path("a")} << "1";
  const file_stamp stamp = *stamp_of(path("a"));
  for (std::size_t i = 0; i < limits::checkpoint_lines_min; ++i) {
    all.add(path("a"), stamp);
  }
  EXPECT_FALSE(all.save().ok()) << "it is said";
  fs::remove(path("checkpoint.new"));
  EXPECT_TRUE(all.save().ok());
  EXPECT_TRUE(all.is_done(path("a"), stamp));
  EXPECT_LT(bytes(), 1'000U);
}

}  // namespace
}  // namespace trailbell::consume
