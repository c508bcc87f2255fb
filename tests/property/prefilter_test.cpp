// Rules over generated records: what the prefilter lets pass is enough, whichever way the records
// come; the index leaves out no rule; both engines find the same places.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "support/adversarial_corpus.hpp"
#include "support/sigma_asked.hpp"
#include "support/sigma_maker.hpp"
#include "trailbell/decode/decoder.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/pattern_rule.hpp"
#include "trailbell/detect/rule_file.hpp"
#include "trailbell/detect/rule_selector.hpp"
#include "trailbell/detect/rule_set.hpp"

namespace trailbell::test {
namespace {

using detect::rule_ptr;
using detect::rule_set;

// What held: record and rule.
using held = std::vector<std::pair<std::uint64_t, std::string>>;

// Asks the rules about each record that the decoder hands out: those that the set selects, or all.
class asker final : public decode::record_visitor {
 public:
  asker(const rule_set& rules, bool all) : rules_{rules}, all_{all}, selector_{rules} {
    for (std::uint32_t i = 0; i < rules.rules().size(); ++i) {
      everything_.push_back(i);
    }
  }
  held found;
  std::uint64_t asked = 0;
  std::uint64_t decided = 0;  // by the fields alone

  bool on_record(const record_fields& fields, std::uint64_t record) override {
    ++asked;
    const bool sound = reader_.read(fields.raw, tree_);
    bool any = false;
    for (const std::uint32_t i : all_ ? everything_ : selector_.select(fields)) {
      const auto match = rules_.rules()[i]->evaluate({fields, sound ? &tree_ : nullptr});
      if (sound) {
        compare(rules_.rules()[i]->decide(fields), match, fields);
      }
      if (match) {
        found.emplace_back(record, rules_.rules()[i]->id());
        any = true;
      }
    }
    return any;
  }
  void on_loss(const loss&) override {}

 private:
  void compare(const detect::field_verdict& quick, const std::optional<detect::rule_match>& match,
               const record_fields& fields) {
    if (quick.known) {
      ++decided;
      EXPECT_EQ(quick.match.has_value(), match.has_value()) << fields.raw;
    }
    if (quick.known && quick.match && match) {
      EXPECT_EQ(quick.match->level, match->level) << fields.raw;
      EXPECT_EQ(quick.match->suppressed_by, match->suppressed_by) << fields.raw;
    }
  }

  const rule_set& rules_;
  bool all_;
  decode::json_reader reader_;
  json_tree tree_;
  std::vector<std::uint32_t> everything_;
  detect::rule_selector selector_;
};

class rule_maker {
 public:
  explicit rule_maker(std::uint64_t seed) : random_{seed} {}

  rule_ptr next() {
    std::string text;
    const detect::filter_pattern parsed = pattern(text);
    detect::rule_info::texts info;
    info.id = "r" + std::to_string(made_++) + " " + text;
    return std::make_shared<detect::pattern_rule>(
        info, detect::pattern_rule::parts{parsed, severities(), suppress(), std::nullopt});
  }

 private:
  detect::filter_pattern pattern(std::string& text) {
    for (;;) {  // some have more wildcards than AWS allows
      regexes_ = 0;
      text = one_in(8) ? term_pattern() : "{ " + condition(0) + " }";
      if (auto made = detect::filter_pattern::parse(text)) {
        return made.value();
      }
    }
  }
  std::vector<detect::severity_case> severities() {
    std::string text;
    std::vector<detect::severity_case> cases;
    if (one_in(2)) {
      cases.push_back({pattern(text), severity::high});
    }
    cases.push_back({std::nullopt, severity::low});
    return cases;
  }
  std::vector<detect::filter_pattern> suppress() {
    std::string text;
    std::vector<detect::filter_pattern> some;
    if (one_in(3)) {
      some.push_back(pattern(text));
    }
    return some;
  }
  bool one_in(std::uint64_t n) { return random_() % n == 0; }
  template <std::size_t Size>
  std::string pick(const char* const (&choices)[Size]) {
    return choices[random_() % Size];
  }
  std::string selector() {
    return pick({"$.eventName", "$.eventName", "$.eventSource", "$.errorCode",
                 "$.userIdentity.type", "$.userIdentity.arn", "$.requestParameters.policyName",
                 "$.requestParameters.*", "$.readOnly", "$.eventVersion", "$.resources[0].ARN",
                 "$.recipientAccountId", "$.userIdentity.userName", "$.userIdentity.principalId",
                 "$.userIdentity.invokedBy", "$.userIdentity.sessionContext.sessionIssuer.type"});
  }
  std::string value() {
    return pick({"CreatePolicy", "\"CreatePolicy\"", "Delete*", "*Policy", "\"Attach*Policy\"",
                 "iam.amazonaws.com", "AccessDenied", "*Denied*", "Root", "IAMUser", "\"1.0*\"",
                 "1.08", "*", "%Policy%", "%^(?:x)?%", "%Detach[A-Z][a-z]+Policy%", "%User|Role%",
                 "\"arn:aws:iam::aws:policy/*\"", "true"});
  }
  std::string condition(int depth) {
    if (depth < 3 && one_in(3)) {
      const std::string join = one_in(2) ? " && " : " || ";
      std::string all = "(" + condition(depth + 1);
      for (std::uint64_t i = 0; i <= random_() % 3; ++i) {
        all += join + condition(depth + 1);
      }
      return all + ")";
    }
    if (one_in(6)) {
      return selector() + pick({" NOT EXISTS", " IS NULL", " IS TRUE", " IS FALSE"});
    }
    std::string what = value();
    while (what.find("(?") != std::string::npos || (regexes_ >= 2 && what.front() == '%')) {
      what = value();
    }
    regexes_ += what.front() == '%' ? 1 : 0;
    return selector() + (one_in(5) ? " != " : " = ") + what;
  }
  std::string term_pattern() {
    return pick({"Policy", "?AccessDenied ?Root", "-Create Delete", "\"eventName\" Attach",
                 "%Detach.*Policy%"});
  }

  std::mt19937_64 random_;
  std::uint64_t made_ = 0;
  int regexes_ = 0;
};

held ask(const rule_set& rules, std::string_view text, bool filtered, std::uint64_t& asked,
         std::uint64_t* decided = nullptr) {
  decode::decoder decoder{
      {rules.probe(), false,
       filtered && rules.literals() != nullptr ? rules.literals()->open() : nullptr}};
  asker visitor{rules, !filtered};
  if (!filtered) {
    decode::decoder plain{{}};
    memory_stream stream{text};
    plain.decode(stream, visitor);
  } else {
    memory_stream stream{text};
    decoder.decode(stream, visitor);
  }
  asked += visitor.asked;
  if (decided != nullptr) {
    *decided += visitor.decided;
  }
  return std::move(visitor.found);
}

TEST(prefilter, passes_over_no_record_for_which_a_rule_holds) {
  rule_maker rules{20261125};
  adversarial_corpus corpus{77};
  std::uint64_t matches = 0;
  std::uint64_t asked = 0;
  std::uint64_t all = 0;
  std::uint64_t decided = 0;
  std::uint64_t probes = 0;  // sets that the scan looks for itself
  for (int round = 0; round < 300; ++round) {
    std::vector<rule_ptr> some;
    const int count = 1 + round % 12;
    for (int i = 0; i < count; ++i) {
      some.push_back(rules.next());
    }
    const rule_set set{std::move(some)};
    probes += set.probe().confirm != nullptr ? 1 : 0;
    std::string lines;
    for (int i = 0; i < 60; ++i) {
      lines += corpus.record() + "\n";
    }
    std::vector<std::string> texts{lines, corpus.next().text, corpus.next().text};
    for (const std::string& text : texts) {
      const held truth = ask(set, text, false, all, &decided);
      ASSERT_EQ(ask(set, text, true, asked), truth) << text.substr(0, 2000);
      matches += truth.size();
    }
  }
  EXPECT_GT(matches, 5'000U);
  EXPECT_LT(asked, all) << "it filters nothing";
  EXPECT_GT(probes, 20U);
  EXPECT_GT(decided, 20'000U);
}

// Of 3 to 80 rules, so that literals are looked for in every way; Sigma's beside patterns.
TEST(prefilter, passes_over_no_record_for_which_a_sigma_rule_holds) {
  rule_maker patterns{7};
  sigma_maker maker{20261126};
  adversarial_corpus corpus{78};
  std::uint64_t matches = 0;
  std::uint64_t asked = 0;
  std::uint64_t all = 0;
  std::uint64_t decided = 0;
  std::uint64_t sieved = 0;  // sets for which the scan and the prefilter look
  for (int round = 0; round < 150; ++round) {
    std::vector<rule_ptr> some;
    const std::size_t count = 3 + static_cast<std::size_t>(round) % 78;
    while (some.size() < count) {
      const std::string id = "id: r" + std::to_string(some.size()) + "\n";
      rule_ptr made = some.size() % 9 == 8 ? patterns.next() : sigma_rule_of(id + maker.rule());
      if (made != nullptr && (round % 3 == 0 || !detect::parses_every_record(*made))) {
        some.push_back(std::move(made));
      }
    }
    const rule_set set{std::move(some)};
    sieved += set.probe().pairs > 0 && set.literals() != nullptr ? 1 : 0;
    std::string lines;
    for (int i = 0; i < 120; ++i) {
      lines += (i % 5 == 4 ? corpus.record() : maker.record()) + "\n";
    }
    for (const std::string& text : {lines, corpus.next().text}) {
      const held truth = ask(set, text, false, all, &decided);
      ASSERT_EQ(ask(set, text, true, asked), truth) << text.substr(0, 2000);
      matches += truth.size();
    }
  }
  EXPECT_GT(matches, 20'000U);
  EXPECT_LT(asked, all) << "it filters nothing";
  EXPECT_GT(sieved, 20U);
  EXPECT_GT(decided, 20'000U);
}

TEST(prefilter, stretches_of_a_long_text_are_joined_without_a_gap) {
  adversarial_corpus corpus{5};
  std::string lines;
  while (lines.size() < 3'000'000) {
    lines += corpus.record() + "\n";
  }
  const std::string array = [&] {
    std::string text = "{\"Records\":[";
    for (const char c : lines.substr(0, lines.size() - 1)) {
      text += c == '\n' ? "," : std::string{c};
    }
    return text + "]}";
  }();
  rule_maker rules{3};
  for (int round = 0; round < 6; ++round) {
    const rule_set set{{detect::builtin_rule(), rules.next()}};
    std::uint64_t asked = 0;
    EXPECT_EQ(ask(set, lines, true, asked), ask(set, lines, false, asked));
    EXPECT_EQ(ask(set, array, true, asked), ask(set, array, false, asked));
  }
}

// Every record of the corpus, by the built-in rule and by its file.
class comparer final : public decode::record_visitor {
 public:
  std::uint64_t matches = 0;
  std::uint64_t differences = 0;

  bool on_record(const record_fields& fields, std::uint64_t) override {
    const bool sound = reader_.read(fields.raw, tree_);
    const auto builtin = builtin_->evaluate({fields, nullptr});
    const auto shipped = shipped_->evaluate({fields, sound ? &tree_ : nullptr});
    const bool same = builtin.has_value() == shipped.has_value() &&
                      (!builtin || builtin->level == shipped->level);
    differences += same ? 0 : 1;
    matches += builtin ? 1 : 0;
    EXPECT_TRUE(same) << fields.raw;
    return builtin.has_value();
  }
  void on_loss(const loss&) override {}

 private:
  static rule_ptr load() {
    std::ifstream in{TRAILBELL_SHIPPED_RULE};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    return detect::load_rules({{"cis-4.4.yaml", text}}).value().front().rule;
  }
  rule_ptr builtin_ = detect::builtin_rule();
  rule_ptr shipped_ = load();
  decode::json_reader reader_;
  json_tree tree_;
};

TEST(shipped_rule, says_what_the_built_in_one_says) {
  adversarial_corpus corpus{44};
  decode::decoder decoder{{}};
  comparer visitor;
  for (int i = 0; i < 2'000 && visitor.differences == 0; ++i) {
    const adversarial_object object = corpus.next();
    memory_stream stream{object.text};
    decoder.decode(stream, visitor);
  }
  EXPECT_GT(visitor.matches, 1'000U);
}

}  // namespace
}  // namespace trailbell::test
