#include "app/config_options.hpp"

#include <CLI/CLI.hpp>

namespace trailbell::app {
namespace {

constexpr const char* config_about =
    R"(The configuration of `trailbell run`: validated, described, shown.

--set goes before the environment (TRAILBELL_DELIVERY__DRAIN_TIMEOUT=10s sets drain_timeout of
delivery), that before the file, and that before the defaults.)";

constexpr const char* check_about =
    R"(Says everything that is wrong with a configuration: file, line, column, and what to do.)";

constexpr const char* check_example = R"(Examples:
  trailbell config check
  trailbell config check -c /etc/trailbell/trailbell.yaml --set delivery.guarantee=exactly_once

Exit codes: 0 it is sound; 2 it is not, or cannot be read.)";

constexpr const char* schema_about =
    R"(Prints the JSON Schema (draft 2020-12) of the file, for editors and pipelines.)";

constexpr const char* schema_example = R"(Example:
  trailbell config schema > trailbell.schema.json)";

constexpr const char* show_about =
    R"(Prints every value that is in force as YAML, and where each came from. Secrets are masked.)";

constexpr const char* show_example = R"(Example:
  TRAILBELL_LOG__LEVEL=debug trailbell config show -c trailbell.yaml

Exit codes: 0 done; 2 the configuration is not sound (standard error says why), or usage.)";

}  // namespace

void add_config_source(CLI::App& command, config_arguments& a) {
  command.add_option("-c,--config", a.path,
                     "configuration file (default: trailbell.yaml); - for standard input");
  // Not a vector of CLI11's: it would take "[a, b]" for a list.
  const auto add = [&a](const std::string& setting) { a.settings.push_back(setting); };
  command
      .add_option_function<std::string>(
          "--set", add, "a key and its value, such as delivery.drain_timeout=10s (repeatable)")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->trigger_on_parse();
}

std::function<int()> add_config(CLI::App& app, config_arguments& arguments) {
  CLI::App* const config = app.add_subcommand("config", config_about);
  config->require_subcommand(1);
  CLI::App* const check = config->add_subcommand("check", check_about);
  check->footer(check_example);
  add_config_source(*check, arguments);
  config->add_subcommand("schema", schema_about)->footer(schema_example);
  CLI::App* const show = config->add_subcommand("show", show_about);
  show->footer(show_example);
  add_config_source(*show, arguments);
  return [config, &arguments] {
    if (config->got_subcommand("schema")) {
      return config_schema_command();
    }
    return config->got_subcommand("check") ? config_check_command(arguments)
                                           : config_show_command(arguments);
  };
}

}  // namespace trailbell::app
