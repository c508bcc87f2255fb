#include "consume/object_record.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace trailbell::consume {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t start_ns = 1'800'000'000 * second_ns;

object_identity object(const std::string& key, std::string etag = "e") {
  return {"logs", key, std::move(etag)};
}

class object_record_test : public ::testing::Test {
 protected:
  object_record_test() {
    std::string name = fs::temp_directory_path() / "trailbell-XXXXXX";
    folder_ = mkdtemp(name.data());
    path_ = folder_ / "objects";
  }
  ~object_record_test() override { fs::remove_all(folder_); }

  result<std::unique_ptr<object_record>> try_open(std::size_t objects_max = 1'000) const {
    return object_record::open({path_, objects_max, start_ns, {}});
  }
  std::unique_ptr<object_record> open(std::size_t objects_max = 1'000) const {
    auto opened = try_open(objects_max);
    EXPECT_TRUE(opened) << opened.failure().message;
    return std::move(opened.value());
  }
  std::string content() const {
    std::stringstream text;
    text << std::ifstream{path_}.rdbuf();
    return text.str();
  }
  void append(const std::string& text) const { std::ofstream{path_, std::ios::app} << text; }

  fs::path folder_, path_;
};

TEST_F(object_record_test, what_was_added_and_saved_outlives_the_process) {
  {
    const auto record = open();
    record->add(object("a"), done_by::reading, start_ns);
    record->add(object("b"), done_by::reading, start_ns);
    ASSERT_TRUE(record->save());
    record->add(object("c"), done_by::reading, start_ns);
  }
  const auto record = open();
  EXPECT_TRUE(record->is_done(object("a")));
  EXPECT_TRUE(record->is_done(object("b")));
  EXPECT_FALSE(record->is_done(object("c"))) << "it was not saved";
  EXPECT_FALSE(record->is_done({"other", "a", "e"}));
  EXPECT_EQ(record->size(), 2U);
}

TEST_F(object_record_test, another_version_is_another_object_where_both_say_one) {
  const auto record = open();
  record->add(object("a", "1"), done_by::reading, start_ns);
  EXPECT_FALSE(record->is_done(object("a", "2")));
  EXPECT_TRUE(record->is_done(object("a", "")));
  record->add(object("b", ""), done_by::reading, start_ns);
  EXPECT_TRUE(record->is_done(object("b", "2")));
}

TEST_F(object_record_test, what_is_in_quarantine_is_done_for_a_listing_only) {
  const auto record = open();
  record->add(object("a"), done_by::quarantine, start_ns);
  EXPECT_FALSE(record->is_done(object("a")));
  EXPECT_TRUE(record->is_done(object("a"), done_by::quarantine));
}

TEST_F(object_record_test, it_begins_where_it_was_told_to_at_first_and_remembers_what_it_reached) {
  {
    const auto record = open();
    EXPECT_EQ(record->since_ns(), start_ns);
    EXPECT_EQ(record->reached_ns(), start_ns);
    record->reach(start_ns + second_ns, 0);
    record->reach(start_ns + 7, 0);
    ASSERT_TRUE(record->save());
  }
  const auto opened = object_record::open({path_, 10, start_ns + 5 * second_ns, {}});
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened.value()->since_ns(), start_ns);
  EXPECT_EQ(opened.value()->reached_ns(), start_ns + second_ns) << "it never goes back";
}

TEST_F(object_record_test, what_no_listing_finds_any_more_is_forgotten) {
  const auto record = open();
  record->add(object("old"), done_by::reading, start_ns);
  record->add(object("new"), done_by::reading, start_ns + 9 * second_ns);
  record->reach(start_ns + 9 * second_ns, start_ns + 5 * second_ns);
  EXPECT_FALSE(record->is_done(object("old")));
  EXPECT_TRUE(record->is_done(object("new")));
}

TEST_F(object_record_test, beyond_its_bound_the_oldest_are_forgotten) {
  const auto record = open(100);
  for (int i = 0; i < 250; ++i) {
    record->add(object(std::to_string(i)), done_by::reading, start_ns + i * second_ns);
  }
  EXPECT_LE(record->size(), 100U);
  EXPECT_GE(record->size(), 89U);
  EXPECT_FALSE(record->is_done(object("0")));
  EXPECT_TRUE(record->is_done(object("249")));
  EXPECT_TRUE(record->is_done(object("170")));
}

TEST_F(object_record_test, the_bound_holds_where_all_are_of_one_second) {
  const auto record = open(100);
  for (int i = 0; i < 150; ++i) {
    record->add(object(std::to_string(i)), done_by::reading, start_ns);
  }
  EXPECT_LE(record->size(), 100U);
  EXPECT_GE(record->size(), 89U);
}

TEST_F(object_record_test, the_file_is_written_anew_when_most_of_it_is_of_no_use) {
  const auto record = open(1'000'000);
  std::size_t largest = 0;
  for (int turn = 0; turn < 8; ++turn) {
    for (int i = 0; i < 4'000; ++i) {
      record->add(object(std::to_string(i)), done_by::reading, start_ns + turn * second_ns);
    }
    ASSERT_TRUE(record->save());
    largest = std::max<std::size_t>(largest, fs::file_size(path_));
  }
  EXPECT_LT(largest, 23'000U * 43U);
  EXPECT_EQ(record->size(), 4'000U);
}

TEST_F(object_record_test, lines_that_were_cut_or_damaged_are_read_again_and_nothing_else) {
  {
    const auto record = open();
    record->add(object("a"), done_by::reading, start_ns);
    ASSERT_TRUE(record->save());
  }
  append(std::string(100, '\0') + "\n6b49d200 zz 12\nreached x\n6b49d200 0123");
  {
    const auto record = open();
    EXPECT_TRUE(record->is_done(object("a")));
    EXPECT_EQ(record->size(), 1U);
    EXPECT_EQ(record->reached_ns(), start_ns);
    record->add(object("b"), done_by::reading, start_ns);
    ASSERT_TRUE(record->save());
  }
  EXPECT_TRUE(open()->is_done(object("b"))) << "behind a line that was cut";
}

TEST_F(object_record_test, a_file_that_is_none_of_these_is_refused_and_left_as_it_is) {
  for (const char* const other : {"something else\n", "something else"}) {
    std::ofstream{path_, std::ios::trunc} << other;
    const auto opened = try_open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.failure().code, errc::usage);
    EXPECT_EQ(content(), other);
  }
}

TEST_F(object_record_test, a_first_line_that_was_cut_is_begun_again) {
  std::ofstream{path_} << "trailbell obj";
  EXPECT_EQ(open()->size(), 0U);
  EXPECT_TRUE(content().starts_with("trailbell objects 1\nsince "));
}

TEST_F(object_record_test, two_processes_cannot_have_the_same_one) {
  const auto record = open();
  const auto other = try_open();
  ASSERT_FALSE(other);
  EXPECT_EQ(other.failure().code, errc::usage);
}

TEST_F(object_record_test, what_a_full_disk_does_not_take_is_saved_later) {
  const auto record = open(1'000'000);
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit small{1'000, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  int number = 0;
  bool failed = true;
  for (int turn = 0; turn < 3; ++turn) {  // beyond what may wait in lines
    for (int i = 0; i < 20'000; ++i) {
      record->add(object(std::to_string(number++)), done_by::reading, start_ns);
    }
    failed = failed && !record->save();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_TRUE(failed);
  ASSERT_TRUE(record->save());
  record->add(object("last"), done_by::reading, start_ns);
  ASSERT_TRUE(record->save());
  std::stringstream text{content()};
  std::size_t lines = 0;
  for (std::string line; std::getline(text, line);) {
    ++lines;
  }
  EXPECT_EQ(lines, static_cast<std::size_t>(number) + 1 + 3);
}

}  // namespace
}  // namespace trailbell::consume
