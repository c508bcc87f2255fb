// What the tests of rules share: a rule from its text, a record from its text.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "trailbell/detect/rule_file.hpp"

namespace trailbell::detect {

// All problems, one a line; empty where there is none.
inline std::string problems_of(const std::vector<rule_text>& files) {
  const auto loaded = load_rules(files);
  std::string all;
  if (!loaded) {
    for (const file_problem& problem : loaded.failure().all) {
      all += problem.message() + "\n";
    }
  }
  return all;
}

inline std::vector<loaded_rule> rules_of(const std::string& text) {
  auto loaded = load_rules({{"r.yaml", text}});
  EXPECT_TRUE(loaded.ok()) << problems_of({{"r.yaml", text}});
  return loaded ? std::move(loaded.value()) : std::vector<loaded_rule>{};
}

inline rule_ptr rule_of(const std::string& text) {
  std::vector<loaded_rule> rules = rules_of(text);
  return rules.empty() ? nullptr : rules.front().rule;
}

// A rule with that pattern and whatever else is given.
inline rule_ptr rule_with(const std::string& pattern, const std::string& more = "severity: low\n",
                          const std::string& id = "r-1") {
  return rule_of("id: " + id + "\ntitle: t\npattern: '" + pattern + "'\n" + more);
}

}  // namespace trailbell::detect
