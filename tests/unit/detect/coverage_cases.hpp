// What the tests of coverage share: the question, and a check of every answer.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/coverage.hpp"
#include "trailbell/detect/iam_policy_events.hpp"

namespace trailbell::detect {

inline filter_pattern parsed(std::string_view text) {
  auto pattern = filter_pattern::parse(text);
  EXPECT_TRUE(pattern.ok()) << text;
  return pattern ? pattern.value() : filter_pattern::parse("").value();
}

inline std::vector<filter_pattern> parsed_all(const std::vector<std::string>& texts) {
  std::vector<filter_pattern> patterns;
  for (const std::string& text : texts) {
    patterns.push_back(parsed(text));
  }
  return patterns;
}

// The domain of cis-4.4 with this name.
inline record_shape shape_of(std::string_view event_name) {
  record_shape shape = cloudtrail_record();
  for (const auto& [name, value] : find_coverage_control("cis-4.4")->fixed) {
    EXPECT_TRUE(fix_member(shape, name, value));
  }
  EXPECT_TRUE(fix_member(shape, "eventName", std::string{event_name}));
  return shape;
}

// Answers about cis-4.4. A witness has to lie in the domain, and no pattern may match it.
inline coverage_answer ask(const std::vector<std::string>& texts) {
  const std::vector<filter_pattern> patterns = parsed_all(texts);
  coverage_answer answer = covers(*find_coverage_control("cis-4.4"), patterns);
  EXPECT_EQ(answer.witness.has_value(),
            answer.grade != coverage_grade::full && answer.grade != coverage_grade::undetermined);
  if (answer.witness) {
    decode::json_reader reader;
    json_tree tree;
    EXPECT_TRUE(reader.read(*answer.witness, tree)) << *answer.witness;
    for (const filter_pattern& pattern : patterns) {
      EXPECT_FALSE(pattern.matches({*answer.witness, &tree}))
          << pattern.text() << " matches " << *answer.witness;
    }
    const std::string name{tree.root().find("eventName")->text()};
    EXPECT_TRUE(fits(shape_of(name), tree.root())) << *answer.witness;
    const bool failed = tree.root().find("errorCode") || tree.root().find("errorMessage");
    EXPECT_EQ(failed, answer.grade == coverage_grade::changes_only) << *answer.witness;
  }
  return answer;
}

inline coverage_grade grade_of(const std::vector<std::string>& texts) {
  return ask(texts).grade;
}

// `{ (first = a) || (first = b) ... }`
inline std::string any_of(const std::vector<std::string>& names,
                          std::string_view value_format = "*", std::string_view joint = " || ") {
  std::string out;
  for (const std::string& name : names) {
    std::string value{value_format};
    value.replace(value.find('*'), 1, name);
    out += (out.empty() ? "" : std::string{joint}) + "($.eventName = " + value + ")";
  }
  return out;
}

inline std::vector<std::string> all_names() {
  return {iam_policy_events.begin(), iam_policy_events.end()};
}

inline std::string exact() {
  return any_of(all_names());
}

}  // namespace trailbell::detect
