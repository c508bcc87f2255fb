#include "trailbell/consume/archive_source.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace trailbell::consume {
namespace {

namespace fs = std::filesystem;

class archive_source_test : public ::testing::Test {
 protected:
  archive_source_test() {
    std::string name = fs::temp_directory_path() / "trailbell-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~archive_source_test() override { fs::remove_all(root_); }

  void file(const std::string& name, const std::string& content = "x") const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream{root_ / name} << content;
  }
  std::vector<archive_item> walk(std::vector<std::string> paths) const {
    archive_source source{std::move(paths)};
    std::vector<archive_item> items;
    while (std::optional<archive_item> item = source.next()) {
      items.push_back(std::move(*item));
    }
    return items;
  }
  std::string names(const std::vector<archive_item>& items) const {
    std::string all;
    for (const archive_item& item : items) {
      all += fs::relative(item.path, root_).string() + ' ';
    }
    return all;
  }

  fs::path root_;
};

TEST_F(archive_source_test, walks_folders_in_byte_order) {
  file("b/2");
  file("b/10");
  file("a");
  file("b.json");
  file("B");
  EXPECT_EQ(names(walk({root_})), "B a b/10 b/2 b.json ");
}

TEST_F(archive_source_test, keeps_the_order_of_the_command_line) {
  file("b");
  file("a", "12345");
  const auto items = walk({root_ / "b", root_ / "a"});
  EXPECT_EQ(names(items), "b a ");
  EXPECT_EQ(items[1].bytes, 5U);
  EXPECT_TRUE(items[1].regular);
}

TEST_F(archive_source_test, says_what_cannot_be_read) {
  const auto items = walk({root_ / "missing"});
  ASSERT_EQ(items.size(), 1U);
  ASSERT_TRUE(items[0].problem.has_value());
  EXPECT_EQ(items[0].problem->code, errc::not_found);
}

TEST_F(archive_source_test, reads_a_pipe_only_where_it_is_named) {
  ASSERT_EQ(mkfifo((root_ / "pipe").c_str(), 0600), 0);
  const auto found = walk({root_});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].problem.has_value());
  const auto named = walk({root_ / "pipe"});
  EXPECT_FALSE(named[0].problem.has_value());
  EXPECT_FALSE(named[0].regular);
}

TEST_F(archive_source_test, follows_links_but_not_in_circles) {
  file("data/a");
  fs::create_directory_symlink(root_, root_ / "data" / "circle");
  fs::create_symlink(root_ / "data" / "a", root_ / "link");
  const auto items = walk({root_});
  EXPECT_EQ(names(items),
            "data/a " + fs::relative(root_ / "data/circle", root_).string() + " data/a ");
  EXPECT_TRUE(items[1].problem.has_value());
  EXPECT_FALSE(items[2].problem.has_value());
}

TEST_F(archive_source_test, a_hyphen_is_standard_input) {
  const auto items = walk({"-"});
  ASSERT_EQ(items.size(), 1U);
  EXPECT_EQ(items[0].path, "-");
  EXPECT_FALSE(items[0].regular);
}

}  // namespace
}  // namespace trailbell::consume
