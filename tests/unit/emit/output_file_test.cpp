#include "trailbell/emit/output_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace trailbell::emit {
namespace {

std::string content(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(output_file, replaces_the_file_and_writes_whole_lines) {
  std::string path = std::filesystem::temp_directory_path() / "trailbell-XXXXXX";
  close(mkstemp(path.data()));
  std::ofstream{path} << "old";
  {
    auto sink = open_output_file({path, {}});
    ASSERT_TRUE(sink);
    EXPECT_TRUE(sink.value()->deliver(alert{}));
    EXPECT_TRUE(sink.value()->flush());
    EXPECT_TRUE(content(path).starts_with("{\"schema\":1"));
    EXPECT_TRUE(sink.value()->deliver(alert{}));
  }
  const std::string all = content(path);
  EXPECT_EQ(std::count(all.begin(), all.end(), '\n'), 2);
  std::filesystem::remove(path);
}

TEST(output_file, a_full_disk_is_an_error_that_names_the_file) {
  auto sink = open_output_file({"/dev/full", {}});
  ASSERT_TRUE(sink);
  EXPECT_TRUE(sink.value()->deliver(alert{}));
  const result<done> flushed = sink.value()->flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.failure().code, errc::output_failed);
  EXPECT_NE(flushed.failure().message.find("/dev/full"), std::string::npos);
}

TEST(output_file, a_folder_that_is_missing_is_an_error_before_any_work) {
  const auto sink = open_output_file({"/nowhere/at/all", {alert_format::text}});
  ASSERT_FALSE(sink);
  EXPECT_NE(sink.failure().message.find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace trailbell::emit
