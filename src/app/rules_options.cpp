#include "app/rules_options.hpp"

#include <CLI/CLI.hpp>

namespace trailbell::app {
namespace {

constexpr const char* rules_about =
    R"(Rule files: what is wrong with them, what they do, what else they can become.

A rule is a YAML file; rules/README.md states its keys. PATH is such a file, or a folder, in which
every *.yaml and *.yml counts but Prometheus' own rules. Without PATH it is the built-in rule,
cis-4.4.)";

constexpr const char* check_about =
    R"(Reports every error of every file, with line and column.

Says too which rules name no text that a record has to hold: because of them every record is parsed,
which costs most of the speed.)";

constexpr const char* check_example = R"(Examples:
  trailbell rules check rules/
  trailbell rules check my-rule.yaml

Exit codes: 0 all is well; 2 something is wrong.)";

constexpr const char* list_example = R"(Examples:
  trailbell rules list
  trailbell rules list rules/cis

A line a rule: id, severity (+ where conditions choose it), kind, title.
Exit codes: 0 done; 2 a file is wrong.)";

constexpr const char* explain_about =
    R"(Says for each record which conditions of a rule hold, and what was found there.

RULE is a file, or the id of a rule in --rules PATH; cis-4.4 without it. FILE holds records in any
of the forms that `trailbell replay` reads; '-' is standard input.)";

constexpr const char* explain_example = R"(Examples:
  trailbell rules explain cis-4.4 records.json
  trailbell rules explain rules/cis/cis-4.1.yaml records.ndjson.gz
  trailbell rules explain --rules rules/ cis-4.1 -

Exit codes: 0 done, whatever held; 2 the rule is wrong; 3 something could not be read.)";

constexpr const char* test_about = R"(Runs the tests in the rules: a line each, and a total.)";

constexpr const char* test_example = R"(Examples:
  trailbell rules test rules/
  trailbell rules test --format junit --output rules.xml rules/

Exit codes: 0 all passed; 1 one failed; 2 a file is wrong; 3 the output could not be written.)";

constexpr const char* convert_about =
    R"(Writes a rule in another form, where that form can say exactly the same.

aws-cli: the commands that make a metric filter and its alarm. eventbridge: an event pattern.
sigma: a Sigma rule. What a form cannot say exactly is refused, with the reason;
where that depends on what a record holds, a note on stderr says so.)";

constexpr const char* convert_example = R"(Examples:
  trailbell rules convert cis-4.4 --to aws-cli
  trailbell rules convert rules/cis/cis-4.5.yaml --to eventbridge
  trailbell rules convert --rules rules/ cis-4.2 --to sigma > rule.yml

Exit codes: 0 done; 1 it cannot be said exactly; 2 the rule is wrong.)";

CLI::App* add_one(CLI::App& rules, const char* name, const char* about, const char* example) {
  CLI::App* const command = rules.add_subcommand(name, about);
  command->footer(example);
  return command;
}

void add_rule(CLI::App& command, rules_arguments& a) {
  command.add_option("RULE", a.rule, "file, or id of a rule")->required();
  command
      .add_option("--rules", a.rules,
                  "rule file or folder in which the id is looked up (repeatable)")
      ->allow_extra_args(false);
}

}  // namespace

std::function<int()> add_rules(CLI::App& app, rules_arguments& a) {
  CLI::App* const rules = app.add_subcommand("rules", rules_about);
  rules->require_subcommand(1);
  const char* const path = "rule file or folder (default: the built-in cis-4.4)";

  CLI::App* const check = add_one(*rules, "check", check_about, check_example);
  check->add_option("PATH", a.paths, "rule file or folder")->required();

  CLI::App* const list = add_one(*rules, "list", "Names the rules.", list_example);
  list->add_option("PATH", a.paths, path);

  CLI::App* const explain = add_one(*rules, "explain", explain_about, explain_example);
  add_rule(*explain, a);
  explain->add_option("FILE", a.input, "records; - for standard input")->required();

  CLI::App* const test = add_one(*rules, "test", test_about, test_example);
  test->add_option("PATH", a.paths, path);
  test->add_option("--format", a.format, "text or junit (default: text)");
  test->add_option("--output", a.output, "file for the results (default: standard output)");

  CLI::App* const convert = add_one(*rules, "convert", convert_about, convert_example);
  add_rule(*convert, a);
  convert->add_option("--to", a.to, "sigma, aws-cli or eventbridge")->required();

  return [rules, &a] {
    if (rules->got_subcommand("check")) {
      return rules_check_command(a);
    }
    if (rules->got_subcommand("list")) {
      return rules_list_command(a);
    }
    if (rules->got_subcommand("explain")) {
      return rules_explain_command(a);
    }
    return rules->got_subcommand("test") ? rules_test_command(a) : rules_convert_command(a);
  };
}

}  // namespace trailbell::app
