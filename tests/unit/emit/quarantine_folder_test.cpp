#include "trailbell/emit/quarantine_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

namespace trailbell::emit {
namespace {

namespace fs = std::filesystem;

class quarantine_folder_test : public ::testing::Test {
 protected:
  quarantine_folder_test() {
    std::string name = fs::temp_directory_path() / "trailbell-XXXXXX";
    root_ = mkdtemp(name.data());
  }
  ~quarantine_folder_test() override { fs::remove_all(root_); }

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

  static object_position file(const std::string& path) {
    object_position place;
    place.name = path;
    return place;
  }

  std::uint64_t bytes_there() const {
    std::uint64_t sum = 0;
    for (const auto& entry : fs::directory_iterator{root_ / "q"}) {
      sum += entry.file_size();
    }
    return sum;
  }

  fs::path root_;
};

TEST_F(quarantine_folder_test, keeps_the_bytes_and_says_where_they_were_and_why) {
  auto folder = quarantine_folder::open({root_ / "q"});
  ASSERT_TRUE(folder);
  ASSERT_TRUE(
      folder.value().put_one({file("logs/a.json"), 120, 3, "rejected", "no JSON", "gar\0bage"}));
  EXPECT_EQ(only(".bin"), "gar");  // a string literal ends at its zero
  const auto about = nlohmann::json::parse(only(".json"));
  EXPECT_EQ(about["path"], "logs/a.json");
  EXPECT_EQ(about["offset"], 120);
  EXPECT_EQ(about["record"], 3);
  EXPECT_EQ(about["kind"], "rejected");
  EXPECT_EQ(about["reason"], "no JSON");
}

TEST_F(quarantine_folder_test, a_second_run_overwrites) {
  for (int i = 0; i < 2; ++i) {
    auto folder = quarantine_folder::open({root_ / "q"});
    ASSERT_TRUE(folder.value().put_one({file("a"), 1, 0, "rejected", "r", "bytes"}));
  }
  EXPECT_EQ(only(".bin"), "bytes");
}

TEST_F(quarantine_folder_test, copies_the_file_of_a_failed_object) {
  std::ofstream{root_ / "broken.gz"} << "all of it";
  auto folder = quarantine_folder::open({root_ / "q"});
  ASSERT_TRUE(folder.value().put_one({file(root_ / "broken.gz"), 0, 0, "failed", "cut", {}}));
  EXPECT_EQ(only(".bin"), "all of it");
}

TEST_F(quarantine_folder_test, paths_that_look_alike_stay_apart) {
  auto folder = quarantine_folder::open({root_ / "q"});
  ASSERT_TRUE(folder.value().put_one({file("a/b"), 0, 0, "rejected", "r", "1"}));
  ASSERT_TRUE(folder.value().put_one({file("a_b"), 0, 0, "rejected", "r", "2"}));
  ASSERT_TRUE(folder.value().put_one({file(std::string(5000, 'x')), 0, 0, "rejected", "r", "3"}));
  EXPECT_EQ(std::distance(fs::directory_iterator{root_ / "q"}, {}), 6);
}

TEST_F(quarantine_folder_test, a_message_and_an_object_are_kept_by_their_positions) {
  auto folder = quarantine_folder::open({root_ / "q"});
  const object_position message{source_kind::kafka, "trail", {}, 3, 42};
  ASSERT_TRUE(
      folder.value().put_one({message, 5, 0, "failed", "cut gzip", std::string_view{"a\0b", 3}}));
  EXPECT_EQ(only(".bin"), (std::string{"a\0b", 3}));
  const auto about = nlohmann::json::parse(only(".json"));
  EXPECT_EQ(
      about["position"],
      nlohmann::json::parse(R"({"source":"kafka","topic":"trail","partition":3,"offset":42})"));
  EXPECT_EQ(about["offset"], 5);
  EXPECT_EQ(about["bytes"], 3);
  EXPECT_FALSE(about.contains("path"));
  object_position next = message;
  ++next.offset;
  ASSERT_TRUE(folder.value().put_one({next, 5, 0, "failed", "cut gzip", "c"}));
  ASSERT_TRUE(folder.value().put_one({next, 5, 0, "rejected", "no JSON", "c"}));
  ASSERT_TRUE(
      folder.value().put_one({{source_kind::s3, "k", "b", 0, 0}, 0, 0, "failed", "r", "d"}));
  ASSERT_TRUE(folder.value().put_one({file("s3://b/k"), 0, 0, "rejected", "r", "e"}));
  EXPECT_EQ(std::distance(fs::directory_iterator{root_ / "q"}, {}), 10);
}

TEST_F(quarantine_folder_test, a_failed_file_that_is_gone_is_noted_and_holds_nothing_up) {
  auto folder = quarantine_folder::open({root_ / "q"});
  ASSERT_TRUE(folder.value().put_one({file(root_ / "gone"), 0, 0, "failed", "cut", {}}));
  EXPECT_EQ(only(".bin"), "");
  EXPECT_EQ(nlohmann::json::parse(only(".json"))["not_copied"], "No such file or directory");
}

TEST_F(quarantine_folder_test, is_full_at_its_bound_says_so_and_keeps_what_it_has) {
  auto folder = quarantine_folder::open({root_ / "q", 1000});
  const std::string bytes(500, 'x');
  ASSERT_TRUE(folder.value().put_one({file("a"), 0, 0, "rejected", "r", bytes}));
  EXPECT_EQ(folder.value().used_bytes(), bytes_there());
  const result<done> second = folder.value().put_one({file("b"), 0, 0, "rejected", "r", bytes});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.failure().code, errc::too_large);
  EXPECT_NE(second.failure().message.find("is full"), std::string::npos);
  EXPECT_EQ(only(".bin"), bytes);
  EXPECT_TRUE(folder.value().put_one({file("a"), 0, 0, "rejected", "r", bytes}))
      << "takes its place";
  EXPECT_EQ(folder.value().used_bytes(), bytes_there());
}

TEST_F(quarantine_folder_test,
       what_it_holds_counts_at_the_next_start_and_room_that_is_made_is_noticed) {
  const std::string bytes(500, 'x');
  ASSERT_TRUE(quarantine_folder::open({root_ / "q"})
                  .value()
                  .put_one({file("a"), 0, 0, "rejected", "r", bytes}));
  auto folder = quarantine_folder::open({root_ / "q", 1000});
  EXPECT_EQ(folder.value().used_bytes(), bytes_there());
  EXPECT_FALSE(folder.value().put_one({file("b"), 0, 0, "rejected", "r", bytes}));
  for (const auto& entry : fs::directory_iterator{root_ / "q"}) {
    fs::remove(entry.path());
  }
  EXPECT_TRUE(folder.value().put_one({file("b"), 0, 0, "rejected", "r", bytes}));
  EXPECT_EQ(folder.value().used_bytes(), bytes_there());
}

TEST_F(quarantine_folder_test, of_a_piece_that_a_full_disk_cut_nothing_stays) {
  auto folder = quarantine_folder::open({root_ / "q"});
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit bound{300, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &bound);
  const result<done> kept =
      folder.value().put_one({file("a"), 0, 0, "rejected", "r", std::string(500, 'x')});
  setrlimit(RLIMIT_FSIZE, &before);
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.failure().code, errc::output_failed);
  EXPECT_TRUE(fs::is_empty(root_ / "q"));
  EXPECT_EQ(folder.value().used_bytes(), 0U);
}

TEST_F(quarantine_folder_test, what_a_crash_left_unfinished_is_deleted_once_it_is_old) {
  fs::create_directory(root_ / "q");
  std::ofstream{root_ / "q" / "old.bin.tmp"} << "half";
  std::ofstream{root_ / "q" / "new.bin.tmp"} << "half";
  fs::last_write_time(root_ / "q" / "old.bin.tmp",
                      fs::file_time_type::clock::now() - std::chrono::hours{2});
  auto folder = quarantine_folder::open({root_ / "q"});
  EXPECT_FALSE(fs::exists(root_ / "q" / "old.bin.tmp"));
  EXPECT_TRUE(fs::exists(root_ / "q" / "new.bin.tmp"));
  EXPECT_EQ(folder.value().used_bytes(), 4U);
}

TEST_F(quarantine_folder_test, a_folder_that_cannot_be_made_is_an_error) {
  std::ofstream{root_ / "file"} << "x";
  EXPECT_FALSE(quarantine_folder::open({root_ / "file"}));
  EXPECT_FALSE(quarantine_folder::open({root_ / "file" / "below"}));
}

TEST_F(quarantine_folder_test, many_at_once_are_all_kept_one_that_comes_twice_too) {
  auto folder = quarantine_folder::open({root_ / "q"});
  std::vector<quarantine_entry> entries;
  for (std::uint64_t i = 0; i < 150; ++i) {
    entries.push_back({file("a"), i % 140, 0, "rejected", "r", "bytes"});
  }
  const kept_entries kept = folder.value().put(entries);
  EXPECT_EQ(kept.count, 150U);
  EXPECT_FALSE(kept.failure);
  EXPECT_EQ(std::distance(fs::directory_iterator{root_ / "q"}, {}), 280);
  EXPECT_EQ(folder.value().used_bytes(), bytes_there());
}

TEST_F(quarantine_folder_test, of_many_those_that_fit_are_kept_and_the_next_attempt_goes_on) {
  auto folder = quarantine_folder::open({root_ / "q", 3000});
  const std::string bytes(800, 'x');
  std::vector<quarantine_entry> entries;
  for (std::uint64_t i = 0; i < 5; ++i) {
    entries.push_back({file("a"), i, 0, "rejected", "r", bytes});
  }
  kept_entries kept = folder.value().put(entries);
  EXPECT_EQ(kept.count, 3U);
  ASSERT_TRUE(kept.failure);
  EXPECT_EQ(kept.failure->code, errc::too_large);
  EXPECT_EQ(folder.value().used_bytes(), bytes_there());
  for (const auto& entry : fs::directory_iterator{root_ / "q"}) {
    fs::remove(entry.path());
  }
  kept = folder.value().put(std::span{entries}.subspan(3));
  EXPECT_EQ(kept.count, 2U);
  EXPECT_FALSE(kept.failure);
  EXPECT_EQ(folder.value().used_bytes(), bytes_there());
}

TEST_F(quarantine_folder_test, refused_alerts_of_one_record_stay_apart) {
  auto folder = quarantine_folder::open({root_ / "q"});
  ASSERT_TRUE(folder.value().put_one({file("a"), 0, 7, "refused", "r", "{}", "1111"}));
  ASSERT_TRUE(folder.value().put_one({file("a"), 0, 7, "refused", "r", "{}", "2222"}));
  EXPECT_EQ(std::distance(fs::directory_iterator{root_ / "q"}, {}), 4);
}

}  // namespace
}  // namespace trailbell::emit
