#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "trailbell/pipeline/window_store.hpp"

namespace trailbell::pipeline {
namespace {

namespace fs = std::filesystem;

class window_file_test : public ::testing::Test {
 protected:
  window_file_test() {
    std::string name = (fs::temp_directory_path() / "window_file_XXXXXX").string();
    base_ = mkdtemp(name.data());
  }
  ~window_file_test() override { fs::remove_all(base_); }

  [[nodiscard]] std::string path() const { return (base_ / "state").string(); }
  [[nodiscard]] std::unique_ptr<window_store> open() const {
    auto opened = open_window_file(path());
    EXPECT_TRUE(opened.ok());
    return std::move(opened.value());
  }
  [[nodiscard]] std::string content() const {
    std::ifstream file{path(), std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }
  void put(const std::string& text) const { std::ofstream{path(), std::ios::binary} << text; }

  fs::path base_;
};

TEST_F(window_file_test, gives_back_what_was_saved_last) {
  const std::string bytes{"a\0\xff\n and more than a word", 26};
  {
    const auto file = open();
    EXPECT_TRUE(file->load().bytes.empty());
    EXPECT_TRUE(file->load().problem.empty()) << "the first time there is none";
    EXPECT_TRUE(file->save("before").ok());
    EXPECT_TRUE(file->save(bytes).ok());
  }
  const window_store::content got = open()->load();
  EXPECT_EQ(got.bytes, bytes);
  EXPECT_EQ(got.problem, "");
}

TEST_F(window_file_test, whatever_is_damaged_is_set_aside) {
  ASSERT_TRUE(open()->save("what windows hold").ok());
  const std::string whole = content();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string other = whole;
    other[at] = static_cast<char>(other[at] ^ 4);
    for (const std::string& text : {whole.substr(0, at), other}) {
      put(text);
      const window_store::content got = open()->load();
      EXPECT_EQ(got.bytes, "") << at;
      EXPECT_NE(got.problem.find("it is kept as " + path() + ".unusable"), std::string::npos)
          << got.problem;
      EXPECT_FALSE(fs::exists(path()));
    }
  }
}

TEST_F(window_file_test, another_version_is_named_as_such) {
  put("trailbell windows 2\nwhatever");
  EXPECT_NE(open()->load().problem.find("another version"), std::string::npos);
}

TEST_F(window_file_test, belongs_to_one_process) {
  const auto file = open();
  const auto second = open_window_file(path());
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.failure().message.find("in use"), std::string::npos);
}

TEST_F(window_file_test, what_cannot_be_written_leaves_what_was_there) {
  const auto file = open();
  ASSERT_TRUE(file->save("first").ok());
  fs::create_directory(path() + ".tmp");  // where it would be written
  EXPECT_FALSE(file->save("second").ok());
  fs::remove(path() + ".tmp");
  EXPECT_EQ(file->load().bytes, "first");
  EXPECT_FALSE(open_window_file((base_ / "none" / "state").string()).ok());
}

}  // namespace
}  // namespace trailbell::pipeline
