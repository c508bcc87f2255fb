#include "detect/rule_tests.hpp"

#include <algorithm>
#include <utility>

#include "detect/rule_test_record.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

constexpr std::size_t name_bytes_max = 100;

rule_test read_test(const yaml_mapping& in) {
  rule_test test;
  test.at = in.node().at;
  if (const yaml_node* const name = in.required("name")) {
    test.name = in.line(*name, "name", name_bytes_max).value_or("");
  }
  if (const yaml_node* const record = in.required("record")) {
    read_test_record(in, *record, test);
  }
  if (const yaml_node* const match = in.required("match")) {
    test.match = in.truth(*match, "match").value_or(true);
  }
  if (const yaml_node* const level = in.find("severity")) {
    test.level = read_severity(in, *level, "severity");
  }
  if (const yaml_node* const suppressed = in.find("suppressed")) {
    test.suppressed = in.truth(*suppressed, "suppressed").value_or(false);
  }
  for (const char* const key : {"severity", "suppressed"}) {
    if (!test.match && in.find(key) != nullptr) {
      in.problem(in.find(key)->at,
                 "'" + std::string{key} + "' in a test of a record that does not match",
                 "leave it out");
    }
  }
  return test;
}

}  // namespace

std::vector<rule_test> read_rule_tests(const yaml_file& file, const yaml_node& tests,
                                       std::span<const std::string_view> keys,
                                       problem_list& problems) {
  std::vector<rule_test> all;
  if (tests.kind != yaml_kind::sequence) {
    problems.push_back({file.path, tests.at,
                        std::string{"'tests' is a list, and here stands "} + name_of(tests),
                        "write '- {name: ..., match: true, record: {...}}' below it"});
  }
  for (const yaml_node& item : tests.items) {
    const yaml_mapping in{file, item, "a test", keys, problems};
    rule_test test = read_test(in);
    const bool known = std::any_of(all.begin(), all.end(), [&test](const rule_test& other) {
      return other.name == test.name;
    });
    if (known && !test.name.empty()) {
      in.problem(item.at, "another test has the name '" + test.name + "'", "give it its own");
    }
    all.push_back(std::move(test));
  }
  return all;
}

std::optional<severity> read_severity(const yaml_mapping& in, const yaml_node& value,
                                      std::string_view key) {
  const auto found = std::find(severity_names.begin(), severity_names.end(), value.text);
  if (value.kind == yaml_kind::scalar && found != severity_names.end()) {
    return static_cast<severity>(found - severity_names.begin());
  }
  std::string what = in_quotes(key) + " is no severity: ";
  what += value.kind == yaml_kind::scalar ? in_quotes(value.text) : name_of(value);
  const std::string_view near =
      value.text.empty() ? std::string_view{} : nearest(value.text, severity_names);
  in.problem(value.at, std::move(what),
             did_you_mean(near, "informational, low, medium, high or critical"));
  return std::nullopt;
}

}  // namespace trailbell::detect
