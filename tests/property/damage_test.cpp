// Damaged input: whatever a byte was changed to, wherever the text was cut, the decoder comes to an
// end, its numbers add up, and the rungs agree on what is certain.
#include <gtest/gtest.h>

#include <algorithm>

#include "support/adversarial_corpus.hpp"
#include "support/collected.hpp"

namespace trailbell::test {
namespace {

void expect_sound_numbers(const collected& got, const std::string& text) {
  const decode_tally& t = got.outcome.tally;
  EXPECT_LE(t.rejected + got.matches.size(), t.records) << text;
  const auto lost = [&](loss_kind kind) {
    return static_cast<std::uint64_t>(std::count(got.losses.begin(), got.losses.end(), kind));
  };
  EXPECT_EQ(lost(loss_kind::rejected), t.rejected) << text;
  EXPECT_EQ(lost(loss_kind::unrecognised), t.unrecognised) << text;
  EXPECT_EQ(lost(loss_kind::failed) > 0, got.outcome.failed) << text;
  // Nothing is lost silently: an object that gave nothing says so.
  EXPECT_TRUE(t.yielded() || t.rejected > 0 || got.outcome.failed) << text;
  for (const std::string& reason : got.reasons) {
    EXPECT_FALSE(reason.empty()) << text;
  }
  for (std::size_t i = 1; i < got.matches.size(); ++i) {
    EXPECT_LT(got.matches[i - 1].record, got.matches[i].record) << text;
  }
}

std::string damaged(std::string text, std::mt19937_64& random) {
  const std::size_t at = random() % text.size();
  switch (random() % 5) {
    case 0:
      text[at] = static_cast<char>(random());
      break;
    case 1:
      text.resize(at);
      break;
    case 2:
      text.erase(at, 1 + random() % 100);
      break;
    case 3:
      text.insert(at, text, random() % text.size(), random() % 200);
      break;
    default:
      text.insert(at, 1, "\"\\{}[],:\n\0"[random() % 10]);
  }
  return text;
}

TEST(damage, the_numbers_add_up_whatever_was_broken) {
  adversarial_corpus corpus{11};
  std::mt19937_64 random{12};
  for (int i = 0; i < 1500 && !HasFailure(); ++i) {
    const std::string whole = corpus.next().text;
    if (whole.size() > 100'000) {
      continue;
    }
    const std::string text = damaged(whole, random);
    expect_sound_numbers(decode_text(text, {}), text);
    expect_sound_numbers(decode_text(text, {.strict = true}), text);
    expect_sound_numbers(decode_text(text, {.pieces = &random}), text);
  }
}

TEST(damage, a_window_of_any_size_gives_the_same_answer) {
  adversarial_corpus corpus{13};
  std::mt19937_64 random{14};
  for (int i = 0; i < 1500 && !HasFailure(); ++i) {
    const std::string whole = corpus.next().text;
    if (whole.size() > 100'000) {
      continue;
    }
    const std::string text = damaged(whole, random);
    const collected at_once = decode_text(text, {.strict = true});
    const collected piecewise = decode_text(text, {.strict = true, .pieces = &random});
    EXPECT_EQ(at_once.outcome.tally, piecewise.outcome.tally) << text;
    EXPECT_EQ(at_once.matches, piecewise.matches) << text;
  }
}

TEST(damage, records_on_lines_before_and_behind_a_broken_line_count) {
  adversarial_corpus corpus{15};
  std::mt19937_64 random{16};
  for (int i = 0; i < 300 && !HasFailure(); ++i) {
    std::vector<std::string> lines;
    for (int k = 0; k < 9; ++k) {
      lines.push_back(R"({"eventVersion":"1.08","eventName":"CreatePolicy","eventID":")" +
                      std::to_string(k) + "\"}\n");
    }
    const std::size_t broken = 1 + random() % 8;
    std::string& line = lines[broken];
    line = line.substr(0, 1 + random() % (line.size() - 3)) + '\n';
    std::string text;
    for (const std::string& each : lines) {
      text += each;
    }
    const collected got = decode_text(text, {.strict = true});
    EXPECT_EQ(got.outcome.tally.records, 9U) << text;
    EXPECT_EQ(got.outcome.tally.rejected, 1U) << text;
    EXPECT_EQ(got.matches.size(), 8U) << text;
    const collected fast = decode_text(text, {});
    EXPECT_EQ(fast.matches.size(), 8U) << text;
    EXPECT_EQ(fast.outcome.tally.records, 9U) << text;
  }
}

}  // namespace
}  // namespace trailbell::test
