// Every notification of the envelopes' index announces the objects that it states, and those of
// the other collection what their senders document.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "trailbell/consume/notification.hpp"

namespace trailbell::consume {
namespace {

namespace fs = std::filesystem;

fs::path data() {
  if (const char* const shared = std::getenv("TRAILBELL_SHARED")) {
    return fs::path{shared} / "data";
  }
  const char* const project = std::getenv("TRAILBELL_PROJECT");
  return fs::path{project != nullptr ? project : "."} / ".." / "shared" / "data";
}

std::string text_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::uint64_t noticed(const notification& one) {
  return std::accumulate(one.notices.begin(), one.notices.end(), std::uint64_t{0});
}

TEST(notifications, each_of_the_index_announces_what_it_states) {
  const fs::path folder = data() / "envelopes";
  if (!fs::exists(folder)) {
    GTEST_SKIP() << "no envelopes at " << folder;
  }
  std::istringstream index{text_of(folder / "index.tsv")};
  std::string line;
  std::getline(index, line);
  std::size_t seen = 0;
  while (std::getline(index, line)) {
    std::vector<std::string> cells;
    std::istringstream row{line};
    for (std::string cell; std::getline(row, cell, '\t');) {
      cells.push_back(cell);
    }
    const std::string& kind = cells.at(3);
    if (kind != "object" && !kind.starts_with("ignore") && kind != "control") {
      continue;
    }
    if (cells[0].starts_with("cwl_")) {
      continue;  // no message of a queue
    }
    SCOPED_TRACE(cells[0]);
    const std::string body = text_of(folder / cells[0]);
    const notification got = read_notification(body);
    EXPECT_EQ(got.fault, "");
    EXPECT_EQ(got.objects.size(), std::stoul(cells[2]));
    EXPECT_EQ(noticed(got), kind == "object" ? 0 : 1);
    const auto whole = nlohmann::json::parse(body);
    if (whole.contains("_decoded_key")) {
      EXPECT_EQ(got.objects.at(0).key, whole["_decoded_key"]);
    }
    ++seen;
  }
  EXPECT_GT(seen, 15U);
}

TEST(notifications, a_message_with_records_is_decoded_itself) {
  const fs::path folder = data() / "envelopes";
  if (!fs::exists(folder)) {
    GTEST_SKIP() << "no envelopes at " << folder;
  }
  for (const char* const name : {"sqs_eventbridge_api_call_via_cloudtrail.json",
                                 "eventbridge_api_call_via_cloudtrail.json"}) {
    const notification got = read_notification(text_of(folder / name));
    EXPECT_TRUE(got.has_records) << name;
    EXPECT_EQ(got.fault, "") << name;
  }
}

struct expected {
  std::size_t objects;
  std::string key;  // of the first
  bool fault;
};

TEST(notifications, the_other_collection_is_understood_too) {
  const fs::path folder = data() / "notifications";
  if (!fs::exists(folder)) {
    GTEST_SKIP() << "no notifications at " << folder;
  }
  const std::map<std::string, expected> cases{
      {"lambda-events/s3-event.json", {1, "Happy Face.jpg", false}},
      {"lambda-events/s3-event-with-decoded.json", {1, "Happy Face.jpg", false}},
      {"lambda-events/sns-event.json", {0, "", true}},
      {"lambda-events/sqs-event.json", {0, "", true}},
      {"s3-sns-eventbridge/eventbridge-object-annotation-created.json", {0, "", false}},
      {"s3-sns-eventbridge/eventbridge-object-created-plus-key.json",
       {1, "my+file.json.gz", false}},
      {"s3-sns-eventbridge/eventbridge-object-created.json", {1, "example-key", false}},
      {"s3-sns-eventbridge/eventbridge-object-deleted.json", {0, "", false}},
      {"s3-sns-eventbridge/eventbridge-object-restore-completed.json", {0, "", false}},
      {"s3-sns-eventbridge/s3-event-object-created.json",
       {1, "b21b84d653bb07b05b1e6b33684dc11b", false}},
      {"s3-sns-eventbridge/s3-event-urlencoded-key.json", {1, "my file=a.json.gz", false}},
      {"s3-sns-eventbridge/s3-test-event.json", {0, "", false}},
      {"s3-sns-eventbridge/sns-s3-event.json", {1, "b21b84d653bb07b05b1e6b33684dc11b", false}},
      {"s3-sns-eventbridge/sns-s3-test-event.json", {0, "", false}},
      {"s3-sns-eventbridge/sqs-batch-partial-garbage.json",
       {2, "b21b84d653bb07b05b1e6b33684dc11b", true}},
      {"s3-sns-eventbridge/sqs-s3-event.json", {1, "b21b84d653bb07b05b1e6b33684dc11b", false}},
      {"s3-sns-eventbridge/sqs-sns-event.json", {1, "b21b84d653bb07b05b1e6b33684dc11b", false}},
  };
  for (const auto& [name, want] : cases) {
    SCOPED_TRACE(name);
    const notification got = read_notification(text_of(folder / name));
    ASSERT_EQ(got.objects.size(), want.objects) << got.fault;
    EXPECT_EQ(got.objects.empty() ? "" : got.objects[0].key, want.key);
    EXPECT_EQ(!got.fault.empty(), want.fault) << got.fault;
    EXPECT_TRUE(want.fault || want.objects > 0 || noticed(got) == 1);
  }
}

}  // namespace
}  // namespace trailbell::consume
