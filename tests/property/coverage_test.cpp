// Random sets of patterns against random records, and against every record of a small universe: an
// answer holds for all of them, and a witness is what it claims to be.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/pattern_maker.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/coverage.hpp"
#include "trailbell/detect/iam_policy_events.hpp"

namespace trailbell {
namespace {

using detect::coverage_answer;
using detect::coverage_grade;
using detect::filter_pattern;

std::size_t from_environment(const char* name, std::size_t otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr ? std::strtoull(value, nullptr, 10) : otherwise;
}

struct read_record {
  std::string text;
  json_tree tree;
  std::string name;
  bool failed = false;
};

void read_into(std::string text, read_record& into) {
  into.text = std::move(text);
  decode::json_reader reader;
  ASSERT_TRUE(reader.read(into.text, into.tree)) << into.text;
  into.name = into.tree.root().find("eventName")->text();
  into.failed = into.tree.root().find("errorCode") || into.tree.root().find("errorMessage");
}

detect::record_shape domain() {
  detect::record_shape shape = detect::cloudtrail_record();
  for (const auto& [name, value] : detect::find_coverage_control("cis-4.4")->fixed) {
    detect::fix_member(shape, name, value);
  }
  return shape;
}

// Every combination of a few values of the members that patterns ask about.
std::vector<std::unique_ptr<read_record>> small_universe() {
  const std::vector<std::string> identities{"", R"("userIdentity":{},)",
                                            R"("userIdentity":{"type":"a"},)",
                                            R"("userIdentity":{"type":"b","arn":"a"},)"};
  const std::vector<std::string> errors{"", R"("errorCode":"a",)", R"("errorMessage":"",)"};
  const std::vector<std::string> agents{"", R"("userAgent":"ab",)"};
  std::vector<std::string> parameters{"", R"("requestParameters":null,)",
                                      R"("requestParameters":{},)"};
  for (const char* const value : {R"("a")", R"("b")", "1", "1.5", "null", "true", "[]", "[null]",
                                  R"(["a",1])", R"({"b":"a"})", "{}"}) {
    parameters.push_back(std::string{R"("requestParameters":{"a":)"} + value + "},");
    parameters.push_back(std::string{R"("requestParameters":{"b":)"} + value + "},");
  }
  const std::vector<std::string> resources{"", R"("resources":[],)", R"("resources":[{}],)",
                                           R"("resources":[{"type":"a"},{"type":"b"}],)"};
  std::vector<std::unique_ptr<read_record>> all;
  for (const std::string_view name : {"CreatePolicy", "DeletePolicyVersion", "PutUserPolicy"}) {
    for (const std::string& identity : identities) {
      for (const std::string& error : errors) {
        for (const std::string& agent : agents) {
          for (const std::string& parameter : parameters) {
            for (const std::string& resource : resources) {
              auto next = std::make_unique<read_record>();
              read_into("{" + identity + R"("eventSource":"iam.amazonaws.com","eventName":")" +
                            std::string{name} + "\"," + agent + error + parameter +
                            R"("readOnly":false,)" + resource +
                            R"("eventType":"AwsApiCall","managementEvent":true,)" +
                            R"("eventCategory":"Management"})",
                        *next);
              all.push_back(std::move(next));
            }
          }
        }
      }
    }
  }
  return all;
}

class question {
 public:
  explicit question(std::vector<std::string> texts) : texts_{std::move(texts)} {
    for (const std::string& text : texts_) {
      patterns_.push_back(filter_pattern::parse(text).value());
    }
    answer_ = covers(*detect::find_coverage_control("cis-4.4"), patterns_);
    for (const std::string& name : answer_.covered) {
      covered_[name] = true;
    }
  }

  [[nodiscard]] const coverage_answer& answer() const { return answer_; }

  // The answer has to be true of a record of the domain.
  void check(const read_record& record) const {
    const bool matched = matches(record);
    if (answer_.grade == coverage_grade::none) {
      ASSERT_FALSE(matched) << describe() << record.text;
    }
    if (matched) {
      return;
    }
    ASSERT_NE(answer_.grade, coverage_grade::full) << describe() << record.text;
    if (!record.failed) {
      ASSERT_NE(answer_.grade, coverage_grade::changes_only) << describe() << record.text;
      ASSERT_EQ(covered_.count(record.name), 0U) << describe() << record.text;
    }
  }

  void check_witness(const detect::record_shape& shape) const {
    const bool wanted =
        answer_.grade != coverage_grade::full && answer_.grade != coverage_grade::undetermined;
    ASSERT_EQ(answer_.witness.has_value(), wanted) << describe();
    ASSERT_FALSE(answer_.reason.starts_with("internal error")) << describe();
    // Only where terms and conditions are about the same members may it be left open.
    ASSERT_TRUE(answer_.grade != coverage_grade::undetermined || looks_at_text()) << describe();
    if (!wanted) {
      return;
    }
    read_record witness;
    read_into(*answer_.witness, witness);
    ASSERT_FALSE(matches(witness)) << describe() << witness.text;
    ASSERT_TRUE(fits(shape, witness.tree.root())) << describe() << witness.text;
    ASSERT_EQ(witness.failed, answer_.grade == coverage_grade::changes_only) << describe();
  }

  [[nodiscard]] std::string describe() const {
    std::string out{name_of(answer_.grade)};
    for (const std::string& text : texts_) {
      out += "\n  " + text;
    }
    return out + "\n";
  }

 private:
  [[nodiscard]] bool looks_at_text() const {
    return std::any_of(patterns_.begin(), patterns_.end(),
                       [](const filter_pattern& pattern) { return !pattern.reads_json(); });
  }

  [[nodiscard]] bool matches(const read_record& record) const {
    for (const filter_pattern& pattern : patterns_) {
      if (pattern.matches({record.text, &record.tree})) {
        return true;
      }
    }
    return false;
  }

  std::vector<std::string> texts_;
  std::vector<filter_pattern> patterns_;
  coverage_answer answer_;
  std::map<std::string, bool> covered_;
};

TEST(coverage_property, an_answer_is_true_of_every_record) {
  const std::size_t sets = from_environment("TRAILBELL_COVERAGE_SETS", 1500);
  const detect::record_shape shape = domain();
  const auto universe = small_universe();
  std::vector<std::unique_ptr<read_record>> drawn;
  test::pattern_maker maker{20260301};
  for (int i = 0; i < 1500; ++i) {
    drawn.push_back(std::make_unique<read_record>());
    read_into(maker.record(), *drawn.back());
    ASSERT_TRUE(fits(shape, drawn.back()->tree.root())) << drawn.back()->text;
  }
  std::map<coverage_grade, std::size_t> grades;
  for (std::size_t i = 0; i < sets && !testing::Test::HasFatalFailure(); ++i) {
    const question asked{maker.pattern_set()};
    ++grades[asked.answer().grade];
    asked.check_witness(shape);
    for (const auto& record : universe) {
      asked.check(*record);
    }
    for (const auto& record : drawn) {
      asked.check(*record);
    }
  }
  for (const auto& [grade, count] : grades) {
    std::printf("%s: %zu\n", std::string{name_of(grade)}.c_str(), count);
  }
  EXPECT_LT(grades[coverage_grade::undetermined] * 50, sets);  // 2 %
  for (const coverage_grade grade : {coverage_grade::full, coverage_grade::changes_only,
                                     coverage_grade::partial, coverage_grade::none}) {
    EXPECT_GT(grades[grade], 0U) << name_of(grade);
  }
}

// Terms that are pieces of structure, with blanks and without, and fields: alone and in pairs.
TEST(coverage_property, quoted_terms_and_fields_are_told_truly) {
  std::vector<std::string> patterns{"[..., w = *Policy*]", "[..., w != *Policy*]",
                                    "[a, b = a*, ...]", "[a, b]", "ab"};
  for (const char* const left : {R"(\"a\")", R"(\"eventName\")", R"(\"readOnly\")", "", "{"}) {
    for (const char* const joint : {":", ": ", ", "}) {
      for (const char* const right : {R"(\"a\")", "1", "false", R"(\"CreatePolicy\")"}) {
        const std::string term = "\"" + std::string{left} + joint + right + "\"";
        patterns.push_back(term);
        patterns.push_back("-" + term);
      }
    }
  }
  auto universe = small_universe();
  for (const char* const agent : {"a b", ": 1", R"(a\" : 1 )", R"( x a, \"a\", {)"}) {
    universe.push_back(std::make_unique<read_record>());
    read_into(R"({"eventSource":"iam.amazonaws.com","eventName":"CreatePolicy","userAgent":")" +
                  std::string{agent} + R"(","readOnly":false,"eventType":"AwsApiCall",)" +
                  R"("managementEvent":true,"eventCategory":"Management"})",
              *universe.back());
  }
  const detect::record_shape shape = domain();
  const auto check = [&](std::vector<std::string> set, bool decided) {
    const question asked{std::move(set)};
    asked.check_witness(shape);
    ASSERT_FALSE(decided && asked.answer().grade == coverage_grade::undetermined)
        << asked.describe();
    for (const auto& record : universe) {
      asked.check(*record);
    }
  };
  for (std::size_t i = 0; i < patterns.size() && !testing::Test::HasFatalFailure(); ++i) {
    check({patterns[i]}, true);
    check({patterns[i], patterns[(i * 37 + 11) % patterns.size()]}, false);
  }
}

// Sets that cover everything, against many records.
TEST(coverage_property, nothing_slips_through_what_is_full) {
  const std::size_t records = from_environment("TRAILBELL_COVERAGE_RECORDS", 100'000);
  std::vector<question> all_full;
  test::pattern_maker maker{42};
  for (int tries = 0; all_full.size() < 10 && tries < 5000; ++tries) {
    question asked{maker.pattern_set()};
    if (asked.answer().grade == coverage_grade::full) {
      all_full.push_back(std::move(asked));
    }
  }
  ASSERT_EQ(all_full.size(), 10U);
  read_record record;
  for (std::size_t i = 0; i < records && !testing::Test::HasFatalFailure(); ++i) {
    read_into(maker.record(), record);
    for (const question& asked : all_full) {
      asked.check(record);
    }
  }
}

}  // namespace
}  // namespace trailbell
