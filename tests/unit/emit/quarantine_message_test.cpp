#include "emit/quarantine_message.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "trailbell/base/limits.hpp"

namespace trailbell::emit {
namespace {

constexpr std::size_t million = 1'000'000;
const object_position message{source_kind::kafka, "trail", {}, 3, 42};

using texts = std::map<std::string, std::string, std::less<>>;

texts headers_of(const quarantine_message& one) {
  texts all;
  for (const auto& [name, value] : one.headers) {
    EXPECT_TRUE(all.emplace(name, value).second) << name << " is there twice";
  }
  return all;
}

TEST(quarantine_message, has_the_bytes_a_key_by_position_and_headers_that_say_why) {
  const std::string bytes{"a\0b", 3};
  const quarantine_messages got = messages_of({message, 5, 7, "rejected", "no JSON", bytes},
                                              million, 1'700'000'000'000'000'000);
  ASSERT_EQ(got.parts.size(), 1U);
  EXPECT_FALSE(got.is_cut);
  EXPECT_EQ(got.parts[0].value, bytes);
  EXPECT_EQ(got.parts[0].key, "trail[3]@42/5/7/rejected");
  EXPECT_EQ(headers_of(got.parts[0]), (texts{{"trailbell.kind", "rejected"},
                                             {"trailbell.reason", "no JSON"},
                                             {"trailbell.time", "2023-11-14T22:13:20.000Z"},
                                             {"trailbell.source", "kafka"},
                                             {"trailbell.topic", "trail"},
                                             {"trailbell.partition", "3"},
                                             {"trailbell.offset", "42"},
                                             {"trailbell.record", "7"},
                                             {"trailbell.byte", "5"},
                                             {"trailbell.bytes", "3"}}));
}

TEST(quarantine_message, of_files_and_objects_says_which) {
  const texts object = headers_of(
      messages_of({{source_kind::s3, "k/e.gz", "b", 0, 0}, 0, 0, "failed", "r", "x"}, million, 0)
          .parts.at(0));
  EXPECT_EQ(object.at("trailbell.bucket"), "b");
  EXPECT_EQ(object.at("trailbell.key"), "k/e.gz");
  const auto file =
      messages_of({{source_kind::file, "/a", {}, 0, 0}, 0, 0, "rejected", "r", "x"}, million, 0);
  EXPECT_EQ(headers_of(file.parts.at(0)).at("trailbell.path"), "/a");
  EXPECT_EQ(file.parts[0].key, "/a/0/0/rejected");
}

TEST(quarantine_message, refused_alerts_of_one_record_have_keys_of_their_own) {
  const auto of = [](const char* id) {
    return messages_of({message, 0, 7, "refused", "r", "{}", id}, million, 0).parts.at(0);
  };
  EXPECT_NE(of("1111").key, of("2222").key);
  EXPECT_EQ(headers_of(of("1111")).at("trailbell.alert_id"), "1111");
}

TEST(quarantine_message, what_is_too_large_comes_in_parts_that_make_it_up) {
  std::string bytes(100'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<char>(i * 7 / 3);
  }
  const quarantine_messages got = messages_of({message, 0, 0, "failed", "r", bytes}, 10'000, 0);
  std::string whole;
  std::map<std::string, int> keys;
  for (std::size_t i = 0; i < got.parts.size(); ++i) {
    const texts headers = headers_of(got.parts[i]);
    EXPECT_EQ(headers.at("trailbell.part"), std::to_string(i));
    EXPECT_EQ(headers.at("trailbell.parts"), std::to_string(got.parts.size()));
    EXPECT_EQ(headers.at("trailbell.bytes"), "100000");
    std::size_t size = got.parts[i].key.size() + got.parts[i].value.size();
    for (const auto& [name, value] : headers) {
      size += name.size() + value.size();
    }
    EXPECT_LT(size, 10'000U);
    whole += got.parts[i].value;
    ++keys[got.parts[i].key];
  }
  EXPECT_EQ(whole, bytes);
  EXPECT_EQ(keys.size(), got.parts.size());
  EXPECT_EQ(got.parts[0].key, "trail[3]@42/0/0/failed");
  EXPECT_FALSE(got.is_cut);
}

TEST(quarantine_message, a_bound_that_the_headers_alone_fill_still_keeps_all_bytes) {
  const std::string bytes(1'000, 'x');
  std::string whole;
  for (const auto& part : messages_of({message, 0, 0, "failed", "r", bytes}, 10, 0).parts) {
    EXPECT_FALSE(part.value.empty());
    whole += part.value;
  }
  EXPECT_EQ(whole, bytes);
}

TEST(quarantine_message, a_file_is_read_and_what_is_beyond_the_bound_is_said_to_be_cut) {
  namespace fs = std::filesystem;
  const fs::path path = fs::temp_directory_path() / ("trailbell-" + std::to_string(getpid()));
  std::ofstream{path} << "all of it";
  const object_position place{source_kind::file, path, {}, 0, 0};
  quarantine_messages got = messages_of({place, 0, 0, "failed", "r", {}}, million, 0);
  ASSERT_EQ(got.parts.size(), 1U);
  EXPECT_EQ(got.parts[0].value, "all of it");
  EXPECT_FALSE(got.is_cut);
  fs::resize_file(path, limits::quarantine_topic_bytes_max + 5);
  got = messages_of({place, 0, 0, "failed", "r", {}}, million, 0);
  EXPECT_TRUE(got.is_cut);
  EXPECT_EQ(headers_of(got.parts.at(0)).at("trailbell.cut"), "5");
  std::size_t kept = 0;
  for (const auto& part : got.parts) {
    kept += part.value.size();
  }
  EXPECT_EQ(kept, limits::quarantine_topic_bytes_max);
  fs::remove(path);
  got = messages_of({place, 0, 0, "failed", "r", {}}, million, 0);
  EXPECT_TRUE(got.is_cut);
  EXPECT_EQ(headers_of(got.parts.at(0)).at("trailbell.not_copied"), "No such file or directory");
}

}  // namespace
}  // namespace trailbell::emit
