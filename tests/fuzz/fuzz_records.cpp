// Text between the brackets of a `Records` array. Where it is sound JSON that holds records only,
// every rung agrees with the oracle.
#include <algorithm>
#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "fuzz/require.hpp"
#include "support/collected.hpp"

using namespace trailbell;
using nlohmann::json;
using test::require;

namespace {

// An element with one of these may be a message that wraps records: another target's matter.
bool is_plain(const json& element) {
  constexpr std::array wrapping{
      "Records",         "logEvents",     "Events",   "records",     "Messages", "events",
      "detail",          "awslogs",       "Sns",      "kinesis",     "Body",     "body",
      "Message",         "message",       "data",     "Data",        "s3",       "Event",
      "topic",           "Type",          "s3Bucket", "messageType", "payload",  "value",
      "CloudTrailEvent", "digestS3Object"};
  return !element.is_object() ||
         std::none_of(wrapping.begin(), wrapping.end(),
                      [&](const char* name) { return element.contains(name); });
}

bool is_shallow(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return c == '[' || c == '{'; }) < 500;
}

void compare(const test::oracle_result& truth, const test::collected& got, const char* rung) {
  require(got.outcome.tally == truth.tally, std::string{rung} + " gives other counts");
  require(got.matches == truth.matches, std::string{rung} + " gives other matches");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text =
      "{\"Records\":[" + std::string{reinterpret_cast<const char*>(data), size} + "]}";
  std::mt19937_64 random{size};
  const test::collected fused = test::decode_text(text, {});
  const test::collected pieces = test::decode_text(text, {.pieces = &random});
  const json document = json::parse(text, nullptr, false);
  if (document.is_discarded() || !is_shallow(text) || document.size() != 1 ||
      !std::all_of(document["Records"].begin(), document["Records"].end(), is_plain)) {
    return 0;
  }
  const test::oracle_result truth = test::ask_oracle(text);
  if (!truth.valid) {
    return 0;
  }
  compare(truth, fused, "fused");
  compare(truth, pieces, "fused, piecewise");
  compare(truth, test::decode_text(text, {.probe = false}), "projected");
  compare(truth, test::decode_text(text, {.strict = true}), "validated");
  return 0;
}
