#include "trailbell/emit/file_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "emit/rotated_files.hpp"

namespace trailbell::emit {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t second_ns = 1'000'000'000;
constexpr std::int64_t noon_ns = 1'772'625'600 * second_ns;  // 2026-03-04T12:00:00Z

std::string content(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// The alerts of a file, by event_id; every line is one whole document.
std::vector<std::string> ids_in(const fs::path& path) {
  std::vector<std::string> ids;
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);) {
    ids.push_back(nlohmann::json::parse(line)["event_id"]);
  }
  EXPECT_TRUE(content(path).empty() || content(path).back() == '\n');
  return ids;
}

class file_sink_test : public ::testing::Test {
 protected:
  file_sink_test() {
    std::string name = fs::temp_directory_path() / "trailbell-XXXXXX";
    root_ = mkdtemp(name.data());
    options_.path = root_ / "alerts.jsonl";
    options_.now_ns = [this] { return now_ns_; };
  }
  ~file_sink_test() override { fs::remove_all(root_); }

  std::unique_ptr<sink> opened() {
    result<std::unique_ptr<sink>> made = open_file_sink(options_);
    EXPECT_TRUE(made) << made.failure().message;
    return std::move(made.value());
  }

  static delivery_result deliver(sink& to, const std::vector<std::string>& ids,
                                 std::string_view padding = {}) {
    std::vector<alert> alerts(ids.size());
    std::vector<const alert*> given;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      alerts[i].event_id = ids[i];
      alerts[i].user_agent = padding;
      given.push_back(&alerts[i]);
    }
    return to.deliver(given);
  }

  fs::path path() const { return options_.path; }

  fs::path root_;
  file_sink_options options_;
  std::int64_t now_ns_ = noon_ns;
};

TEST_F(file_sink_test, appends_whole_lines_to_what_is_there) {
  EXPECT_EQ(deliver(*opened(), {"a", "b"}).what, delivery::accepted);
  EXPECT_EQ(deliver(*opened(), {"c"}).what, delivery::accepted);
  EXPECT_THAT(ids_in(path()), ElementsAre("a", "b", "c"));
}

TEST_F(file_sink_test, writes_the_format_that_is_asked_for) {
  options_.style.format = alert_format::ocsf;
  options_.sync = file_sync::batch;
  EXPECT_EQ(deliver(*opened(), {"a"}).what, delivery::accepted);
  EXPECT_EQ(nlohmann::json::parse(content(path()))["class_uid"], 2004);
}

TEST_F(file_sink_test, what_a_crash_left_of_a_line_is_cut_off) {
  deliver(*opened(), {"a"});
  const std::string whole = content(path());
  for (std::size_t cut = 1; cut < whole.size(); cut += 7) {
    std::ofstream{path(), std::ios::trunc} << whole << whole.substr(0, cut);
    const auto sink = opened();
    EXPECT_EQ(content(path()), whole) << cut;
    deliver(*sink, {"b"});
    EXPECT_THAT(ids_in(path()), ElementsAre("a", "b"));
  }
}

TEST_F(file_sink_test, a_long_line_and_the_zeros_of_a_power_cut_are_cut_off_too) {
  deliver(*opened(), {"a"});
  const std::string whole = content(path());
  for (const std::string& rest : {"{" + std::string(300'000, 'x'), std::string(5000, '\0')}) {
    std::ofstream{path(), std::ios::trunc} << whole << rest;
    (void)opened();
    EXPECT_EQ(content(path()), whole);
    std::ofstream{path(), std::ios::trunc} << rest;
    (void)opened();
    EXPECT_EQ(content(path()), "");
  }
}

TEST_F(file_sink_test, a_last_line_that_is_not_ours_is_completed) {
  std::ofstream{path()} << "a note";
  deliver(*opened(), {"a"});
  EXPECT_TRUE(content(path()).starts_with("a note\n{"));
}

TEST_F(file_sink_test, a_second_sink_on_one_file_is_refused) {
  const auto first = opened();
  const auto second = open_file_sink(options_);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.failure().message, HasSubstr("another process or sink writes to it"));
  EXPECT_THAT(second.failure().message, HasSubstr(path().string()));
}

TEST_F(file_sink_test, what_is_no_file_is_refused) {
  const fs::path pipe = root_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const fs::path& wrong : {pipe, root_, root_ / "missing" / "alerts"}) {
    options_.path = wrong;
    const auto made = open_file_sink(options_);
    ASSERT_FALSE(made) << wrong;
    EXPECT_THAT(made.failure().message, HasSubstr(wrong.string()));
  }
}

TEST_F(file_sink_test, rotates_before_the_file_grows_beyond_a_size_and_keeps_the_newest) {
  deliver(*opened(), {"a"});
  options_.rotate_bytes = content(path()).size() * 5 / 2;
  options_.keep = 2;
  const auto sink = opened();
  for (const char* const id : {"b", "c", "d", "e", "f", "g", "h"}) {
    deliver(*sink, {id});
  }
  EXPECT_THAT(ids_in(path()), ElementsAre("g", "h"));
  const std::vector<std::string> aside = rotated_files(path());
  ASSERT_THAT(aside, ElementsAre(path().string() + ".20260304T120000Z-1",
                                 path().string() + ".20260304T120000Z-2"));
  EXPECT_THAT(ids_in(aside[0]), ElementsAre("c", "d"));
  EXPECT_THAT(ids_in(aside[1]), ElementsAre("e", "f"));
}

TEST_F(file_sink_test, one_delivery_larger_than_the_bound_stays_whole) {
  options_.rotate_bytes = 10;
  const auto sink = opened();
  deliver(*sink, {"a", "b"});
  EXPECT_THAT(rotated_files(path()), IsEmpty());
  deliver(*sink, {"c"});
  ASSERT_EQ(rotated_files(path()).size(), 1U);
  EXPECT_THAT(ids_in(rotated_files(path())[0]), ElementsAre("a", "b"));
}

TEST_F(file_sink_test, rotates_by_time_also_while_nothing_comes_and_never_an_empty_file) {
  options_.rotate_every = std::chrono::hours{1};
  const auto sink = opened();
  now_ns_ += 7200 * second_ns;
  sink->on_idle();
  EXPECT_THAT(rotated_files(path()), IsEmpty());
  deliver(*sink, {"a"});
  now_ns_ += 3599 * second_ns;
  sink->on_idle();
  EXPECT_THAT(rotated_files(path()), IsEmpty());
  now_ns_ += second_ns;
  sink->on_idle();
  EXPECT_THAT(rotated_files(path()), ElementsAre(path().string() + ".20260304T150000Z"));
  EXPECT_EQ(content(path()), "");
}

TEST_F(file_sink_test, the_age_of_a_file_outlives_the_process) {
  deliver(*opened(), {"a"});
  options_.rotate_every = std::chrono::hours{24};
  struct stat about {};
  ASSERT_EQ(stat(path().c_str(), &about), 0);
  now_ns_ = (about.st_mtim.tv_sec + 3601) * second_ns;
  const auto sink = opened();
  now_ns_ += 23 * 3600 * second_ns;
  sink->on_idle();
  EXPECT_EQ(rotated_files(path()).size(), 1U);
}

TEST_F(file_sink_test, the_newest_rotated_file_is_told_by_number_and_others_names_are_let_be) {
  const std::string stamp = path().string() + ".20260304T120000Z";
  for (const char* const ending : {"-2", "-10", "-1", ".gz", "-x", "-", ""}) {
    std::ofstream{stamp + ending} << "x";
  }
  std::ofstream{path().string() + ".1"} << "x";
  prune_rotated_files(path(), 1);
  EXPECT_THAT(rotated_files(path()), ElementsAre(stamp + "-10"));
  EXPECT_TRUE(fs::exists(stamp + ".gz") && fs::exists(stamp + "-x") && fs::exists(stamp + "-"));
  EXPECT_TRUE(fs::exists(path().string() + ".1"));
}

TEST_F(file_sink_test, follows_a_file_that_was_moved_deleted_or_truncated) {
  const auto sink = opened();
  deliver(*sink, {"a"});
  fs::rename(path(), root_ / "moved");
  sink->reopen();
  deliver(*sink, {"b"});
  EXPECT_THAT(ids_in(root_ / "moved"), ElementsAre("a"));
  EXPECT_THAT(ids_in(path()), ElementsAre("b"));
  fs::remove(path());
  deliver(*sink, {"c"});
  EXPECT_THAT(ids_in(path()), ElementsAre("c"));
  fs::remove(path());
  sink->on_idle();
  EXPECT_TRUE(fs::exists(path()));
  deliver(*sink, {"d"});
  fs::resize_file(path(), 0);  // as logrotate's copytruncate does
  deliver(*sink, {"e"});
  EXPECT_THAT(ids_in(path()), ElementsAre("e"));
}

TEST_F(file_sink_test, a_folder_that_went_away_is_retried_until_it_is_back) {
  options_.path = root_ / "folder" / "alerts";
  fs::create_directory(root_ / "folder");
  const auto sink = opened();
  fs::remove_all(root_ / "folder");
  const delivery_result got = deliver(*sink, {"a"});
  EXPECT_EQ(got.what, delivery::retry);
  EXPECT_THAT(got.reason, HasSubstr("No such file"));
  sink->on_idle();
  fs::create_directory(root_ / "folder");
  EXPECT_EQ(deliver(*sink, {"a"}).what, delivery::accepted);
  EXPECT_THAT(ids_in(path()), ElementsAre("a"));
}

// A disk that is full after so many bytes, as far as this process sees.
class full_disk {
 public:
  explicit full_disk(std::uint64_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit bound{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &bound);
  }
  full_disk(const full_disk&) = delete;
  full_disk& operator=(const full_disk&) = delete;
  ~full_disk() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

TEST_F(file_sink_test,
       of_a_delivery_that_a_full_disk_cut_nothing_stays_and_a_retry_writes_it_once) {
  const auto sink = opened();
  const std::string padding(1000, 'x');
  deliver(*sink, {"a"});
  const std::string before = content(path());
  for (const std::uint64_t room : {0, 1, 700, 2500}) {  // nothing, within a line, after one
    const full_disk full{before.size() + room};
    const delivery_result got = deliver(*sink, {"b", "c"}, padding);
    EXPECT_EQ(got.what, delivery::retry) << room;
    EXPECT_THAT(got.reason, HasSubstr(path().string()));
    EXPECT_THAT(got.reason, HasSubstr("make room"));
    EXPECT_EQ(content(path()), before) << room;
  }
  EXPECT_EQ(deliver(*sink, {"b", "c"}, padding).what, delivery::accepted);
  EXPECT_THAT(ids_in(path()), ElementsAre("a", "b", "c"));
}

TEST_F(file_sink_test, a_device_is_written_to_and_may_be_full) {
  options_.path = "/dev/null";
  options_.rotate_bytes = 1;
  EXPECT_EQ(deliver(*opened(), {"a"}).what, delivery::accepted);
  options_.path = "/dev/full";
  const delivery_result got = deliver(*opened(), {"a"});
  EXPECT_EQ(got.what, delivery::retry);
  EXPECT_THAT(got.reason, HasSubstr("No space left"));
}

}  // namespace
}  // namespace trailbell::emit
