#include "app/filter_options.hpp"

#include <CLI/CLI.hpp>

namespace trailbell::app {
namespace {

constexpr const char* filter_about =
    R"(CloudWatch Logs filter patterns, evaluated here as the service evaluates them.)";

constexpr const char* test_about =
    R"(Says for each event whether a metric filter with this pattern would match it.

FILE holds one event a line; '-', or none, is standard input. For each line there is one line out:
{"match":true} or {"match":false}.)";

constexpr const char* test_example = R"(Examples:
  trailbell filter test --pattern '{ $.eventName = "*Policy" }' records.ndjson
  trailbell filter test --pattern 'ERROR -timeout' /var/log/app.log
  trailbell filter test --pattern '[ip, user, ..., status = 5*, bytes]' access.log
  jq -c '.events[].message' events.json | trailbell filter test --pattern=ERROR --events json

Exit codes: 0 done, whatever matched; 2 the pattern is one that the service rejects (standard error
says where and why), or usage; 3 something could not be read.)";

constexpr const char* explain_about =
    R"(Says for each event which parts of a pattern hold, and what was found there.

Without FILE it says what the pattern is made of, and how much of the service's limits it uses.)";

constexpr const char* explain_example = R"(Examples:
  trailbell filter explain --pattern '{ $.eventName = "*Policy" && $.errorCode NOT EXISTS }'
  trailbell filter explain --pattern '{ $.readOnly IS FALSE }' records.ndjson

Exit codes: as for `trailbell filter test`.)";

void add_common(CLI::App& command, filter_arguments& a) {
  command.add_option("--pattern", a.pattern, "filter pattern; --pattern= is the empty one")
      ->required();
  command.add_option("--events", a.events,
                     "what a line holds: text (the event itself), or json (a JSON string that "
                     "holds it); default text");
  command.add_option("FILE", a.path, "events, one a line; - for standard input");
}

}  // namespace

std::function<int()> add_filter(CLI::App& app, filter_arguments& arguments) {
  CLI::App* const filter = app.add_subcommand("filter", filter_about);
  filter->require_subcommand(1);
  CLI::App* const test = filter->add_subcommand("test", test_about);
  test->footer(test_example);
  add_common(*test, arguments);
  CLI::App* const explain = filter->add_subcommand("explain", explain_about);
  explain->footer(explain_example);
  add_common(*explain, arguments);
  return [filter, &arguments] {
    return filter->got_subcommand("test") ? filter_test_command(arguments)
                                          : filter_explain_command(arguments);
  };
}

}  // namespace trailbell::app
