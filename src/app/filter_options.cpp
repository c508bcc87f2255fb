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

constexpr const char* covers_about =
    R"(Proves whether these filters together match every record that a control is about.

The answer holds for all records of the control's domain: for cis-4.4, every call of the sixteen
names to iam.amazonaws.com, with every other member that CloudTrail's record reference lists free or
absent. One JSON object comes out: coverage is
  full          every call, the denied ones too
  changes_only  every call that succeeded; the witness is a denied one
  partial       a call that succeeded slips through: the witness
  none          nothing can match
  undetermined  a stated bound was reached; never a guess
`beyond` holds for each pattern a record that it matches and the control does not mean, or null.)";

constexpr const char* covers_example = R"(Examples:
  trailbell filter covers --pattern '{ $.eventSource = iam.amazonaws.com && $.readOnly IS FALSE }'
  trailbell filter covers --pattern '{ $.eventName = Create* }' --pattern '{ $.eventName = Put* }'
  trailbell filter covers --control-pattern '{ $.eventName = StopLogging }' --pattern StopLogging

Exit codes: 0 full or changes_only; 1 partial or none; 2 a pattern that the service rejects, an
unknown control, or usage; 3 undetermined.)";

void add_common(CLI::App& command, filter_arguments& a) {
  command.add_option("--pattern", a.pattern, "filter pattern; --pattern= is the empty one")
      ->required();
  command.add_option("--events", a.events,
                     "what a line holds: text (the event itself), or json (a JSON string that "
                     "holds it); default text");
  command.add_option("FILE", a.path, "events, one a line; - for standard input");
}

void add_covers(CLI::App& command, covers_arguments& a) {
  // Not a vector of CLI11's: it would take "[a, b]" for a list.
  const auto add = [&a](const std::string& pattern) { a.patterns.push_back(pattern); };
  command
      .add_option_function<std::string>("--pattern", add,
                                        "filter pattern (repeatable); --pattern= is the empty one")
      ->required()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->trigger_on_parse();
  CLI::Option* const control =
      command.add_option("--control", a.control,
                         "what has to be matched: cis-4.1 to cis-4.15, securityhub-cloudwatch-1 to "
                         "-14 (default: cis-4.4)");
  command
      .add_option("--control-pattern", a.control_pattern,
                  "what has to be matched: every record that this pattern matches")
      ->excludes(control);
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
  CLI::App* const covers = filter->add_subcommand("covers", covers_about);
  covers->footer(covers_example);
  add_covers(*covers, arguments.covers);
  return [filter, &arguments] {
    if (filter->got_subcommand("covers")) {
      return filter_covers_command(arguments.covers);
    }
    return filter->got_subcommand("test") ? filter_test_command(arguments)
                                          : filter_explain_command(arguments);
  };
}

}  // namespace trailbell::app
