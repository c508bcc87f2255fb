#include "trailbell/consume/folder_source.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>

namespace trailbell::consume {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class folder_source_test : public ::testing::Test {
 protected:
  folder_source_test() {
    std::string name = (fs::temp_directory_path() / "folder_source_XXXXXX").string();
    base_ = mkdtemp(name.data());
    fs::create_directory(base_ / "in");
  }
  ~folder_source_test() override { fs::remove_all(base_); }

  void write(const std::string& name, const std::string& text) {
    fs::create_directories((base_ / "in" / name).parent_path());
    std::ofstream{base_ / "in" / name} << text;
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (base_ / "in" / name).string();
  }
  std::unique_ptr<source> open(bool watch) {
    auto opened =
        open_folder_source({{(base_ / "in").string()}, watch, (base_ / "checkpoint").string()});
    EXPECT_TRUE(opened.ok()) << (opened.ok() ? "" : opened.failure().message);
    return std::move(opened.value());
  }
  // Until there is one; a test that waits in vain is ended from outside.
  static source_batch next(source& from) {
    for (;;) {
      auto taken = from.take(milliseconds{1000});
      EXPECT_TRUE(taken.ok());
      if (taken.value()) {
        return std::move(*taken.value());
      }
    }
  }
  static std::vector<std::string> all(source& from) {
    std::vector<std::string> names;
    while (!from.ended()) {
      auto taken = from.take(milliseconds{0});
      if (taken.value()) {
        names.push_back(taken.value()->place.name);
        from.settle(taken.value()->receipt, outcome::acked);
      }
    }
    return names;
  }

  fs::path base_;
};

TEST_F(folder_source_test, gives_each_file_once_and_ends) {
  write("a", "1");
  write("b/c", "22");
  const auto from = open(false);
  EXPECT_EQ(all(*from), (std::vector{path("a"), path("b/c")}));
  EXPECT_TRUE(from->close().ok());
}

TEST_F(folder_source_test, goes_on_where_the_last_run_ended) {
  write("a", "1");
  write("b", "2");
  {
    const auto from = open(false);
    const source_batch a = next(*from);
    const source_batch b = next(*from);
    EXPECT_EQ(a.bytes, 1U);
    from->settle(b.receipt, outcome::acked);
    EXPECT_TRUE(from->close().ok());
  }
  EXPECT_EQ(all(*open(false)), std::vector{path("a")});
}

TEST_F(folder_source_test, a_file_that_changed_is_read_again) {
  write("a", "1");
  {
    const auto from = open(false);
    EXPECT_EQ(all(*from).size(), 1U);
    EXPECT_TRUE(from->close().ok());
  }
  write("a", "longer");
  EXPECT_EQ(all(*open(false)), std::vector{path("a")});
}

TEST_F(folder_source_test, a_file_that_was_given_back_is_given_again) {
  write("a", "1");
  const auto from = open(false);
  const source_batch first = next(*from);
  from->settle(first.receipt, outcome::nacked);
  const source_batch second = next(*from);
  EXPECT_EQ(second.place.name, first.place.name);
  EXPECT_NE(second.receipt, first.receipt);
}

TEST_F(folder_source_test, sees_what_appears_in_folders_old_and_new) {
  const auto from = open(true);
  EXPECT_FALSE(from->take(milliseconds{0}).value().has_value());
  write("late", "1");
  EXPECT_EQ(next(*from).place.name, path("late"));
  write("new/er/later", "1");
  EXPECT_EQ(next(*from).place.name, path("new/er/later"));
  std::ofstream{base_ / "elsewhere"} << "1";
  fs::rename(base_ / "elsewhere", base_ / "in" / "moved");
  EXPECT_EQ(next(*from).place.name, path("moved"));
  EXPECT_FALSE(from->ended());
}

TEST_F(folder_source_test, a_checkpoint_belongs_to_one_process_and_is_no_other_file) {
  const auto from = open(true);
  const folder_source_options same{
      {(base_ / "in").string()}, true, (base_ / "checkpoint").string()};
  EXPECT_NE(open_folder_source(same).failure().message.find("in use"), std::string::npos);
  std::ofstream{base_ / "other"} << "something else\n";
  const folder_source_options other{{(base_ / "in").string()}, true, (base_ / "other").string()};
  EXPECT_NE(open_folder_source(other).failure().message.find("no checkpoint"), std::string::npos);
  const folder_source_options nowhere{{path("none")}, true, (base_ / "third").string()};
  EXPECT_NE(open_folder_source(nowhere).failure().message.find("no such"), std::string::npos);
}

TEST_F(folder_source_test, a_line_that_a_crash_cut_is_not_believed) {
  write("a\nb\\", "1");
  {
    const auto from = open(false);
    EXPECT_EQ(all(*from).size(), 1U);
    EXPECT_TRUE(from->close().ok());
  }
  EXPECT_TRUE(all(*open(false)).empty());
  const auto size = fs::file_size(base_ / "checkpoint");
  fs::resize_file(base_ / "checkpoint", size - 1);
  EXPECT_EQ(all(*open(false)).size(), 1U);
}

// The disk of the checkpoint, while one of these lives: files do not grow beyond so many bytes.
class full_disk {
 public:
  explicit full_disk(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;
  ~full_disk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(folder_source_test, while_the_checkpoint_cannot_be_written_only_so_many_files_are_taken) {
  constexpr std::size_t count = 600;
  std::string folder;  // so long that 600 paths are more than may wait
  for (int depth = 0; depth < 12; ++depth) {
    folder += std::string(250, 'd') + "/";
  }
  for (std::size_t i = 0; i < count; ++i) {
    write(folder + std::to_string(i), "");
  }
  std::set<std::string> given;
  const auto take_one = [&given](source& from) {
    auto taken = from.take(milliseconds{10});
    if (!taken.value()) {
      return false;
    }
    EXPECT_TRUE(given.insert(taken.value()->place.name).second) << "it was given before";
    from.settle(taken.value()->receipt, outcome::acked);
    return true;
  };
  auto from = open(false);
  {
    const full_disk full{16};
    while (from->status().not_ready.find("no more files are taken until it can be") ==
           std::string::npos) {
      take_one(*from);
    }
    EXPECT_NE(from->status().not_ready.find("cannot be written"), std::string::npos);
    while (take_one(*from)) {
    }
    EXPECT_LT(given.size(), count);
    EXPECT_FALSE(from->ended());
  }
  while (!from->ended()) {
    take_one(*from);
  }
  EXPECT_EQ(given.size(), count);
  EXPECT_EQ(from->status().not_ready, "");
  EXPECT_TRUE(from->close().ok());
  from.reset();
  EXPECT_TRUE(all(*open(false)).empty()) << "nothing is forgotten";
}

}  // namespace
}  // namespace trailbell::consume
