// Rule files: text in, rules and their tests out; or everything that is wrong with them.
//
// Each YAML document is one rule, and what it holds decides its kind: `pattern` makes a pattern
// rule (rules/README.md), `detection` or `correlation` a Sigma rule; `filter` narrows Sigma rules
// of any file. Strict: a key that is not known, a value of another type and a pattern that AWS
// rejects are errors. Pure; any thread.
#pragma once

#include <string>
#include <vector>

#include "trailbell/detect/rule_set.hpp"
#include "trailbell/model/yaml.hpp"

namespace trailbell::detect {

struct rule_text {
  std::string path;  // for messages
  std::string text;
};

// What a rule has to say about one record.
struct rule_test {
  std::string name;
  text_place at;
  json_tree record;
  std::string raw;  // the same as compact JSON
  bool match = false;
  std::optional<severity> level;  // nothing: any
  bool suppressed = false;
};

// A Sigma filter that narrows a rule.
struct rule_filter {
  std::string title, path;
  text_place at;
};

struct loaded_rule {
  rule_ptr rule;
  std::string path;
  text_place at;
  std::vector<rule_test> tests;
  std::vector<rule_filter> filters;  // which the rule has taken in already
};

struct rule_problems {
  std::vector<file_problem> all;  // one or more, in the order of the files
};

// All rules of all files, in their order, or all problems: then nothing is loaded.
[[nodiscard]] result<std::vector<loaded_rule>, rule_problems> load_rules(
    const std::vector<rule_text>& files);

// Why the rule does not do what the test says; empty where it does. `fields` are those of the
// test's record.
[[nodiscard]] std::string failure_of(const compiled_rule& rule, const rule_test& test,
                                     const record_fields& fields);

}  // namespace trailbell::detect
