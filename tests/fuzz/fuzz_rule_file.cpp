// Any text as a rule file: every problem has a place in the file, every byte of every scalar too,
// and a rule that loads can be asked.
#include <algorithm>
#include <cstdint>
#include <string>

#include "fuzz/require.hpp"
#include "trailbell/detect/correlation_plan.hpp"
#include "trailbell/detect/pattern_rule.hpp"
#include "trailbell/detect/rule_convert.hpp"
#include "trailbell/detect/rule_file.hpp"

using namespace trailbell;
using test::require;

namespace {

void check_place(const yaml_file& file, text_place at) {
  const auto lines =
      1 + static_cast<std::size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
  require(at.line >= 1 && at.line <= lines + 1, "a line that the file has not");
  require(at.column >= 1 && at.column <= file.text.size() + 2, "a column that no line has");
}

void check_node(const yaml_file& file, const yaml_node& node) {
  check_place(file, node.at);
  if (node.kind == yaml_kind::scalar) {
    check_place(file, file.place_in(node, 0));
    check_place(file, file.place_in(node, node.text.size() / 2));
    check_place(file, file.place_in(node, node.text.size()));
  }
  for (const yaml_node& item : node.items) {
    check_node(file, item);
  }
  for (const yaml_member& member : node.members) {
    require(node.find(member.key) == &member, "a key repeats");
    check_place(file, member.at);
    check_node(file, member.value);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text{reinterpret_cast<const char*>(data), size};
  if (const auto file = read_yaml("f.yaml", text)) {
    for (const file_problem& problem : file.value().problems) {
      check_place(file.value(), problem.at);
    }
    for (const yaml_node& document : file.value().documents) {
      check_node(file.value(), document);
    }
  }
  const auto loaded = detect::load_rules({{"f.yaml", text}});
  if (!loaded) {
    require(!loaded.failure().all.empty(), "refused without a reason");
    return 0;
  }
  std::vector<detect::rule_ptr> rules;
  for (const detect::loaded_rule& one : loaded.value()) {
    require(one.rule != nullptr, "a rule that was not made");
    rules.push_back(one.rule);
    for (const detect::rule_test& test : one.tests) {
      record_fields fields;
      fields.raw = test.raw;
      (void)detect::failure_of(*one.rule, test, fields);
      (void)one.rule->explain({fields, &test.record});
    }
    if (const auto* const rule = dynamic_cast<const detect::pattern_rule*>(one.rule.get())) {
      for (const auto form :
           {detect::rule_form::aws_cli, detect::rule_form::eventbridge, detect::rule_form::sigma}) {
        (void)detect::convert(*rule, form);
      }
    }
  }
  const detect::correlation_plan plan{rules};
  for (const detect::correlation_node& node : plan.nodes()) {
    require(node.least >= 1 && node.timespan_ns > 0, "a node that is always due");
  }
  return 0;
}
