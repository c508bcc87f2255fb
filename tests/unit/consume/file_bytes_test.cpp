#include "trailbell/consume/file_bytes.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "trailbell/consume/mapped_file.hpp"

namespace trailbell::consume {
namespace {

class file_bytes_test : public ::testing::Test {
 protected:
  file_bytes_test() {
    std::string name = std::filesystem::temp_directory_path() / "trailbell-XXXXXX";
    close(mkstemp(name.data()));
    path_ = name;
  }
  ~file_bytes_test() override { std::filesystem::remove(path_); }
  void write(const std::string& content) const { std::ofstream{path_} << content; }

  std::string path_;
  read_control control_;
};

TEST_F(file_bytes_test, reads_a_file_whole_and_counts_its_bytes) {
  write("0123456789");
  const auto file = opened_file::open(path_);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file.value().regular());
  EXPECT_EQ(file.value().size(), 10U);
  std::vector<char> into;
  EXPECT_EQ(read_whole(file.value(), into, control_).value(), 10U);
  EXPECT_EQ(std::string(into.data(), 10), "0123456789");
  EXPECT_EQ(control_.bytes_read, 10U);
}

TEST_F(file_bytes_test, reads_a_part) {
  write("0123456789");
  const auto file = opened_file::open(path_);
  range_source source{file.value(), 3, 7, control_};
  char piece[16];
  EXPECT_EQ(source.read(piece, sizeof piece).value(), 4U);
  EXPECT_EQ(std::string(piece, 4), "3456");
  EXPECT_EQ(source.read(piece, sizeof piece).value(), 0U);
}

TEST_F(file_bytes_test, names_the_path_of_what_is_missing) {
  const auto file = opened_file::open(path_ + ".missing");
  ASSERT_FALSE(file);
  EXPECT_NE(file.failure().message.find("No such file"), std::string::npos);
}

TEST_F(file_bytes_test, notices_a_file_that_shrank) {
  write(std::string(100'000, 'x'));
  const auto file = opened_file::open(path_);
  ASSERT_EQ(truncate(path_.c_str(), 10), 0);
  std::vector<char> into;
  const auto got = read_whole(file.value(), into, control_);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.failure().code, errc::changed);
}

TEST_F(file_bytes_test, a_mapping_that_shrank_is_an_error_and_no_crash) {
  write(std::string(1'000'000, 'x'));
  const auto file = opened_file::open(path_);
  const file_mapping mapping{file.value()};
  ASSERT_TRUE(mapping.ok());
  mapped_stream stream{mapping, 0, mapping.size(), control_};
  ASSERT_TRUE(stream.extend());
  ASSERT_EQ(truncate(path_.c_str(), 10), 0);
  EXPECT_EQ(stream.window()[900'000], '\0');
  EXPECT_FALSE(stream.extend());
  ASSERT_TRUE(stream.failure().has_value());
  EXPECT_EQ(stream.failure()->code, errc::changed);
}

TEST_F(file_bytes_test, a_mapping_shows_its_part_once) {
  write("0123456789");
  const auto file = opened_file::open(path_);
  const file_mapping mapping{file.value()};
  mapped_stream stream{mapping, 2, 6, control_};
  ASSERT_TRUE(stream.extend());
  EXPECT_EQ(stream.window(), "2345");
  EXPECT_FALSE(stream.extend());
  EXPECT_FALSE(stream.failure().has_value());
}

TEST_F(file_bytes_test, stops_on_request) {
  write("0123456789");
  const auto file = opened_file::open(path_);
  control_.stop = true;
  range_source source{file.value(), 0, 10, control_};
  char byte = 0;
  const auto got = source.read(&byte, 1);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.failure().code, errc::interrupted);
}

TEST_F(file_bytes_test, an_empty_file_cannot_be_mapped_and_reads_as_nothing) {
  const auto file = opened_file::open(path_);
  EXPECT_FALSE(file_mapping{file.value()}.ok());
  std::vector<char> into;
  EXPECT_EQ(read_whole(file.value(), into, control_).value(), 0U);
}

}  // namespace
}  // namespace trailbell::consume
