// Every rung agrees with the oracle, on records that an attacker would write.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "support/adversarial_corpus.hpp"
#include "support/collected.hpp"

namespace trailbell::test {
namespace {

std::uint64_t records_wanted() {
  const char* const wish = std::getenv("TRAILBELL_PROPERTY_RECORDS");
  return wish != nullptr ? std::strtoull(wish, nullptr, 10) : 100'000;
}

std::string shown(const std::vector<oracle_match>& matches) {
  std::string text;
  for (const oracle_match& m : matches) {
    text += std::to_string(m.record) + ' ' + m.event_name + ' ' + m.event_id.value_or("-") + '\n';
  }
  return text;
}

std::string shown(const decode_tally& t) {
  return "records " + std::to_string(t.records) + ", rejected " + std::to_string(t.rejected) +
         ", unrecognised " + std::to_string(t.unrecognised) + ", digest " +
         std::to_string(t.skipped.digest) + ", insight " + std::to_string(t.skipped.insight) +
         ", control " + std::to_string(t.skipped.control) + ", notification " +
         std::to_string(t.skipped.notification) + ", empty " + std::to_string(t.skipped.empty);
}

void expect_agreement(const oracle_result& truth, const collected& got,
                      const adversarial_object& object, const char* rung) {
  const auto lost = [&](loss_kind kind) {
    return static_cast<std::uint64_t>(std::count(got.losses.begin(), got.losses.end(), kind));
  };
  EXPECT_EQ(shown(truth.tally), shown(got.outcome.tally));
  EXPECT_EQ(shown(truth.matches), shown(got.matches));
  EXPECT_EQ(lost(loss_kind::rejected), got.outcome.tally.rejected);
  EXPECT_EQ(lost(loss_kind::unrecognised), got.outcome.tally.unrecognised);
  EXPECT_FALSE(got.outcome.failed);
  if (::testing::Test::HasFailure()) {
    FAIL() << "rung " << rung << ", " << object.envelope << ":\n" << object.text.substr(0, 20'000);
  }
}

void check_object(const adversarial_object& object, const oracle_result& truth,
                  std::mt19937_64& random) {
  expect_agreement(truth, decode_text(object.text, {.strict = true}), object, "validated");
  if (::testing::Test::HasFatalFailure() || !object.uniform) {
    return;
  }
  expect_agreement(truth, decode_text(object.text, {.probe = false}), object, "projected");
  expect_agreement(truth, decode_text(object.text, {}), object, "fused");
  expect_agreement(truth, decode_text(object.text, {.pieces = &random}), object,
                   "fused, piecewise");
  if (const auto split = decode_split(object.text, 1 + random() % 4096)) {
    expect_agreement(truth, *split, object, "fused, split");
  }
}

TEST(agreement, every_rung_finds_what_the_oracle_finds) {
  adversarial_corpus corpus{20260304};
  std::mt19937_64 random{44};
  std::map<std::string, std::uint64_t> seen;
  std::uint64_t records = 0;
  std::uint64_t matches = 0;
  for (const std::uint64_t wanted = records_wanted(); records < wanted;) {
    const adversarial_object object = corpus.next();
    const oracle_result truth = ask_oracle(object.text);
    ASSERT_TRUE(truth.valid) << object.envelope << ":\n" << object.text.substr(0, 4000);
    ASSERT_NO_FATAL_FAILURE(check_object(object, truth, random));
    records += truth.tally.records;
    matches += truth.matches.size();
    ++seen[object.envelope];
  }
  EXPECT_EQ(seen.size(), 12U) << "an envelope was never generated";
  EXPECT_GT(matches, records / 10) << "the corpus hides nothing to be found";
  EXPECT_LT(matches, records * 9 / 10) << "the corpus hides nothing to be passed over";
}

TEST(agreement, numbers_of_records_are_those_of_the_text) {
  adversarial_corpus corpus{7};
  std::string text;
  for (int i = 0; i < 3000; ++i) {
    text += corpus.record() + '\n';
  }
  const oracle_result truth = ask_oracle(text);
  const collected got = decode_text(text, {});
  ASSERT_EQ(truth.matches.size(), got.matches.size());
  EXPECT_TRUE(std::equal(truth.matches.begin(), truth.matches.end(), got.matches.begin()));
}

}  // namespace
}  // namespace trailbell::test
