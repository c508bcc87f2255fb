#include "trailbell/consume/replay_checkpoint.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace trailbell::consume {
namespace {

namespace fs = std::filesystem;

archive_item of_s3(std::string key, std::string etag = "\"e\"", std::uint64_t bytes = 7) {
  archive_item item{std::move(key), bytes, true};
  item.bucket = "logs";
  item.etag = std::move(etag);
  return item;
}

archive_item of_disk(std::string path, std::int64_t changed_ns) {
  archive_item item{std::move(path), 7, true};
  item.changed_ns = changed_ns;
  return item;
}

class replay_checkpoint_test : public ::testing::Test {
 protected:
  replay_checkpoint_test() {
    std::string name = fs::temp_directory_path() / "trailbell-XXXXXX";
    folder_ = mkdtemp(name.data());
    path_ = folder_ / "done";
  }
  ~replay_checkpoint_test() override { fs::remove_all(folder_); }

  std::unique_ptr<replay_checkpoint> open(const std::string& asked = "rules=1") const {
    auto opened = replay_checkpoint::open(path_, asked);
    EXPECT_TRUE(opened) << opened.failure().message;
    return std::move(opened.value());
  }
  error refused(const std::string& asked = "rules=1") const {
    const auto opened = replay_checkpoint::open(path_, asked);
    EXPECT_FALSE(opened);
    return opened.failure();
  }
  std::string content() const {
    std::stringstream text;
    text << std::ifstream{path_}.rdbuf();
    return text.str();
  }
  void append(const std::string& text) const { std::ofstream{path_, std::ios::app} << text; }
  void keep(const archive_item& item) const {
    const auto made = open();
    made->add(item);
    ASSERT_TRUE(made->save());
  }

  fs::path folder_, path_;
};

TEST_F(replay_checkpoint_test, remembers_versions_of_objects) {
  const std::string odd = "a b\n\"c\"/\xc3\xa9\x01";
  keep(of_s3(odd));
  keep(of_disk("x", 5));
  const auto again = open();
  EXPECT_EQ(again->size(), 2U);
  EXPECT_TRUE(again->is_done(of_s3(odd)));
  EXPECT_TRUE(again->is_done(of_disk("x", 5)));
  EXPECT_FALSE(again->is_done(of_s3(odd, "\"other\"")));
  EXPECT_FALSE(again->is_done(of_s3(odd, "\"e\"", 8)));
  EXPECT_FALSE(again->is_done(of_disk("x", 6)));
  EXPECT_FALSE(again->is_done(of_s3("x", "5")));
}

TEST_F(replay_checkpoint_test, has_nothing_that_was_not_saved) {
  open()->add(of_s3("a"));
  EXPECT_EQ(open()->size(), 0U);
}

TEST_F(replay_checkpoint_test, cuts_off_a_last_line_that_a_kill_left) {
  keep(of_s3("a"));
  const std::string whole = content();
  append("7 \"e\" \"s3://logs/b");
  EXPECT_EQ(open()->size(), 1U);
  EXPECT_EQ(content(), whole);
  keep(of_s3("b"));
  EXPECT_EQ(open()->size(), 2U);
}

TEST_F(replay_checkpoint_test, begins_anew_where_its_first_lines_were_cut) {
  open();
  const std::string head = content();
  for (std::size_t size = 0; size < head.size(); ++size) {
    std::ofstream{path_, std::ios::trunc} << head.substr(0, size);
    EXPECT_EQ(open()->size(), 0U) << size;
    EXPECT_EQ(content(), head) << size;
  }
}

TEST_F(replay_checkpoint_test, refuses_what_is_none_or_of_another_question) {
  keep(of_s3("a"));
  EXPECT_EQ(refused("rules=2").code, errc::usage);
  for (const char* const text : {"something else\n", "something", "trailbell checkpoint 1\n"}) {
    std::ofstream{path_, std::ios::trunc} << text;
    EXPECT_EQ(refused().code, errc::usage) << text;
    EXPECT_EQ(content(), text);
  }
}

TEST_F(replay_checkpoint_test, belongs_to_one_process) {
  const auto held = open();
  EXPECT_NE(refused().message.find("in use by another process"), std::string::npos);
}

TEST_F(replay_checkpoint_test, reads_lines_that_lie_across_its_buffer) {
  {
    const auto made = open();
    for (int i = 0; i < 5'000; ++i) {
      made->add(of_s3("AWSLogs/" + std::string(100, 'x') + std::to_string(i)));
    }
    ASSERT_TRUE(made->save());
  }
  const auto again = open();
  EXPECT_EQ(again->size(), 5'000U);
  EXPECT_TRUE(again->is_done(of_s3("AWSLogs/" + std::string(100, 'x') + "4999")));
}

}  // namespace
}  // namespace trailbell::consume
