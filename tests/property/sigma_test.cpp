// Sigma rules over generated records: what a rule needs leaves out no record for which it holds,
// and a compiled text agrees with a matcher that is too simple to be wrong.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "detect/sigma_glob.hpp"
#include "support/sigma_asked.hpp"
#include "support/sigma_maker.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/decode/decoder.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/rule_selector.hpp"

namespace trailbell::test {
namespace {

// Asks each rule about each record with and without what the decoder told, and holds what the rule
// needs against the record's bytes.
class needs_checker final : public decode::record_visitor {
 public:
  explicit needs_checker(const std::vector<sigma_rule_ptr>& rules) {
    for (const sigma_rule_ptr& rule : rules) {
      const auto& literals = rule->needs().literals;
      rules_.push_back({rule, detect::rule_set{{rule}},
                        literals ? std::make_unique<detect::prefilter>(*literals) : nullptr});
    }
  }

  bool on_record(const record_fields& fields, std::uint64_t) override {
    EXPECT_TRUE(reader_.read(fields.raw, tree_)) << fields.raw;
    for (const one_rule& one : rules_) {
      const bool holds = one.rule->evaluate({{}, &tree_}).has_value();
      EXPECT_EQ(one.rule->evaluate({fields, &tree_}).has_value(), holds)
          << fields.raw << "\nan eventName or eventSource was asked for in vain";
      const bool filtered = passes(one, fields);
      EXPECT_TRUE(!holds || filtered) << fields.raw;
      if (::testing::Test::HasFailure()) {
        failed_ = one.rule->explain({fields, &tree_}).front().parts.front().part;
        return true;
      }
      held += holds ? 1 : 0;
      spared += filtered ? 0 : 1;
    }
    return true;
  }
  void on_loss(const loss& lost) override { ADD_FAILURE() << lost.reason; }

  std::uint64_t held = 0;    // rules that held for a record
  std::uint64_t spared = 0;  // rules that did not have to be asked

 private:
  struct one_rule {
    sigma_rule_ptr rule;
    detect::rule_set set;
    std::unique_ptr<detect::prefilter> prefilter;
  };

  bool passes(const one_rule& one, const record_fields& fields) {
    const bool selected = !detect::rule_selector{one.set}.select(fields).empty();
    places_.clear();
    if (one.prefilter) {
      one.prefilter->open()->find(fields.raw, places_);
    }
    const bool escapes = fields.raw.find("\\u00") != std::string_view::npos;
    return selected && (!one.prefilter || !places_.empty() || escapes);
  }

  std::vector<one_rule> rules_;
  decode::json_reader reader_;
  json_tree tree_;
  std::vector<std::size_t> places_;
  std::string failed_;
};

TEST(sigma_needs, leave_out_no_record_for_which_the_rule_holds) {
  sigma_maker maker{20260811};
  std::uint64_t held = 0;
  std::uint64_t spared = 0;
  std::uint64_t refused = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<sigma_rule_ptr> rules;
    while (rules.size() < 25) {
      const std::string text = maker.rule();
      if (sigma_rule_ptr rule = sigma_rule_of(text)) {
        rules.push_back(std::move(rule));
      } else {
        ++refused;
      }
    }
    std::string lines;
    for (int i = 0; i < 60; ++i) {
      lines += maker.record() + "\n";
    }
    needs_checker checker{rules};
    decode::decoder decoder{{}};
    memory_stream stream{lines};
    decoder.decode(stream, checker);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "round " << round;
    held += checker.held;
    spared += checker.spared;
  }
  EXPECT_GT(held, 5'000U);
  EXPECT_GT(spared, 10'000U) << "they leave out next to nothing";
  EXPECT_GT(refused, 0U) << "no value misfits its modifier";
}

// By the letter of the specification, one character at a time.
bool simply(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) {
    return text.empty();
  }
  if (pattern[0] == '*') {
    return simply(pattern.substr(1), text) || (!text.empty() && simply(pattern, text.substr(1)));
  }
  if (text.empty()) {
    return false;
  }
  const bool same = fold_ascii(pattern[0]) == fold_ascii(text[0]);
  return (pattern[0] == '?' || same) && simply(pattern.substr(1), text.substr(1));
}

TEST(sigma_glob, agrees_with_a_simple_matcher) {
  std::mt19937_64 random{4};
  std::uint64_t matches = 0;
  constexpr int rounds = 60'000;
  const auto text_of = [&random](std::string_view letters, std::size_t size_max) {
    std::string text;
    for (std::size_t left = random() % (size_max + 1); left > 0; --left) {
      text.push_back(letters[random() % letters.size()]);
    }
    return text;
  };
  for (int i = 0; i < rounds; ++i) {
    const std::string pattern = text_of("aAbB*?", 7);
    const std::string text = text_of("aAbB", 9);
    const detect::sigma_glob glob{detect::read_sigma_text(pattern), detect::letter_case::ignored};
    const bool expected = simply(pattern, text);
    ASSERT_EQ(glob.matches(text), expected) << pattern << " on " << text;
    matches += expected ? 1 : 0;
  }
  EXPECT_GT(matches, rounds / 20U);
  EXPECT_LT(matches, rounds / 2U);
}

}  // namespace
}  // namespace trailbell::test
