#include "trailbell/emit/quarantine.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace trailbell::emit {
namespace {

namespace fs = std::filesystem;

class quarantine_test : public ::testing::Test {
 protected:
  quarantine_test() {
    std::string name = fs::temp_directory_path() / "trailbell-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~quarantine_test() override { fs::remove_all(root_); }

  // What the folder holds, by ending.
  std::string only(const std::string& ending) const {
    std::string found;
    for (const auto& entry : fs::directory_iterator{root_ / "q"}) {
      if (entry.path().extension() == ending) {
        EXPECT_TRUE(found.empty()) << "two of them";
        std::ifstream in{entry.path()};
        found.assign(std::istreambuf_iterator<char>{in}, {});
      }
    }
    return found;
  }

  fs::path root_;
};

TEST_F(quarantine_test, keeps_the_bytes_and_says_where_they_were_and_why) {
  auto folder = quarantine::open(root_ / "q");
  ASSERT_TRUE(folder);
  ASSERT_TRUE(folder.value().put({"logs/a.json", 120, 3, "rejected", "no JSON", "gar\0bage"}));
  EXPECT_EQ(only(".bin"), "gar");  // a string literal ends at its zero
  const auto about = nlohmann::json::parse(only(".json"));
  EXPECT_EQ(about["path"], "logs/a.json");
  EXPECT_EQ(about["offset"], 120);
  EXPECT_EQ(about["record"], 3);
  EXPECT_EQ(about["kind"], "rejected");
  EXPECT_EQ(about["reason"], "no JSON");
}

TEST_F(quarantine_test, a_second_run_overwrites) {
  for (int i = 0; i < 2; ++i) {
    auto folder = quarantine::open(root_ / "q");
    ASSERT_TRUE(folder.value().put({"a", 1, 0, "rejected", "r", "bytes"}));
  }
  EXPECT_EQ(only(".bin"), "bytes");
}

TEST_F(quarantine_test, copies_the_file_of_a_failed_object) {
  std::ofstream{root_ / "broken.gz"} << "all of it";
  auto folder = quarantine::open(root_ / "q");
  ASSERT_TRUE(folder.value().put({root_ / "broken.gz", 0, 0, "failed", "cut", {}}));
  EXPECT_EQ(only(".bin"), "all of it");
}

TEST_F(quarantine_test, paths_that_look_alike_stay_apart) {
  auto folder = quarantine::open(root_ / "q");
  ASSERT_TRUE(folder.value().put({"a/b", 0, 0, "rejected", "r", "1"}));
  ASSERT_TRUE(folder.value().put({"a_b", 0, 0, "rejected", "r", "2"}));
  ASSERT_TRUE(folder.value().put({std::string(5000, 'x'), 0, 0, "rejected", "r", "3"}));
  EXPECT_EQ(std::distance(fs::directory_iterator{root_ / "q"}, {}), 6);
}

TEST_F(quarantine_test, a_folder_that_cannot_be_made_is_an_error) {
  std::ofstream{root_ / "file"} << "x";
  EXPECT_FALSE(quarantine::open(root_ / "file"));
  EXPECT_FALSE(quarantine::open(root_ / "file" / "below"));
}

}  // namespace
}  // namespace trailbell::emit
