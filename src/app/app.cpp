#include "app/app.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "app/arguments.hpp"
#include "app/command_line.hpp"
#include "app/config_options.hpp"
#include "app/digest_options.hpp"
#include "app/filter_options.hpp"
#include "app/replay_command.hpp"
#include "app/rules_options.hpp"
#include "app/run_command.hpp"
#include "app/verify_options.hpp"
#include "app/version.hpp"

namespace trailbell::app {
namespace {

constexpr const char* replay_about =
    R"(Replays archived CloudTrail logs and alerts on IAM policy changes.

PATH is a file, a folder (walked in order), '-' for standard input, or s3://BUCKET/PREFIX for every
object whose key begins with PREFIX. Input is recognised by
content: gzip, zstd or plain; {"Records":[...]}, records one a line or in an array, CloudWatch Logs
subscriptions, EventBridge, LookupEvents, SQS, SNS, Kinesis and Firehose messages around them.)";

constexpr const char* replay_example = R"(Examples:
  trailbell replay AWSLogs/
  trailbell replay --from 2026-03-01T00:00:00Z --format jsonl --output alerts.jsonl AWSLogs/
  trailbell replay --from 2026-03-01T00:00:00Z --checkpoint done.txt s3://my-trail/AWSLogs/

Exit codes: 0 done; 1 done, and --fail-on-alert saw an alert, or --verify-digests found something
changed, removed or added; 2 usage; 3 something could not be read or verified (the rest was
processed, and the summary says what was not).

S3: where the prefix has AWS's layout, its folders are listed in parallel, with --from and --to only
those of these days, one earlier and one later; digests and Insights are counted by their keys and
not fetched. An object may have 256 MiB as it is stored. Needs s3:ListBucket and s3:GetObject, and
kms:Decrypt where the bucket is encrypted with a key of KMS.

--checkpoint: an object gets its line once its alerts are written, so none is lost: what was stopped
(by a signal, by kill -9) goes on with the objects that have none, and those that failed or changed
since. Of the last second alerts may come twice. With it, alerts are appended to --output.)";

void add_replay(CLI::App& app, replay_arguments& a) {
  CLI::App* const replay = app.add_subcommand("replay", replay_about);
  replay->footer(replay_example);
  replay->add_option("PATH", a.paths, "file, folder, or - for standard input")->required();
  replay
      ->add_option("--rules", a.rules,
                   "rule file or folder (repeatable; default: the built-in cis-4.4)")
      ->allow_extra_args(false);
  replay->add_option("--format", a.format,
                     "jsonl, ocsf, ecs or text (default: text on a terminal, else jsonl)");
  replay->add_option("--output", a.output, "file for the alerts (default: standard output)");
  replay->add_option("--progress", a.progress,
                     "auto, always or never (default: auto, on a terminal)");
  replay->add_option("--summary", a.summary, "file for the summary, as one JSON object");
  replay->add_option("--report", a.report,
                     "file for a page for people: one HTML file that needs no network");
  replay->add_option("--quarantine", a.quarantine,
                     "folder for what could not be read, with position and reason");
  replay->add_option("--checkpoint", a.checkpoint,
                     "file that remembers which objects are done, to go on after a stop");
  replay->add_flag("--no-dedup", a.no_dedup, "alert on every finding, also on one seen before");
  replay->add_flag("--with-record", a.with_record,
                   "add the record to each alert (jsonl, ocsf, ecs)");
  replay->add_flag("--fail-on-alert", a.fail_on_alert, "exit with 1 when there was an alert");
  replay->add_flag("--strict", a.strict,
                   "parse and validate every record, not only those that could match");
  replay->add_flag("--verify-digests", a.verify_digests,
                   "check the log files by CloudTrail's digests first (`trailbell digest verify`); "
                   "an alert then says whether its log file is what AWS signed");
  add_input_options(*replay, a, "events");
}

constexpr const char* run_about =
    R"(The service: reads CloudTrail records from Kafka or from folders as they come, and sends an
alert for each finding to its sinks. Nothing is acknowledged before every required sink has
accepted.)";

constexpr const char* run_example = R"(Examples:
  trailbell run -c trailbell.yaml
  trailbell run -c trailbell.yaml --set metrics.listen=127.0.0.1:9464

SIGTERM drains and ends; SIGHUP loads the rules anew and opens files that were renamed.
Exit codes: 0 ended in order; 2 usage, configuration or rule error, before any work; 3 a failure at
run time, or not everything could be delivered in drain_timeout: that comes again.)";

constexpr const char* app_example = R"(Examples:
  trailbell replay AWSLogs/
  trailbell filter test --pattern '{ $.eventName = "PutRolePolicy" }' events.ndjson
  trailbell verify --inventory account.json

`trailbell COMMAND --help` has the options of each command, and more examples.)";

int print_version() {
  fmt::print("trailbell {}\n", version_text());
  return exit_done;
}

int usage_error(const std::string& what) {
  fmt::print(stderr, "trailbell: {}\nSee `trailbell --help`, and --help of each command.\n", what);
  return exit_usage;
}

// Every option of a command and its sub-commands that takes a value. Paths are kept as they are.
void collect_options(CLI::App& command, option_names& names) {
  for (CLI::Option* const option : command.get_options()) {
    if (option->get_positional()) {
      option->transform(kept_word, "");
    }
    for (const std::string& name : option->get_lnames()) {
      if (option->get_items_expected_max() > 0) {
        names.with_value.insert("--" + name);
      }
    }
  }
  for (CLI::App* const inner : command.get_subcommands({})) {
    collect_options(*inner, names);
  }
}

// Every command and option, and what they are read into.
struct command_line {
  CLI::App app{"Watches AWS CloudTrail for IAM policy changes (CIS AWS Foundations 4.4).",
               "trailbell"};
  replay_arguments replay;
  filter_arguments filter;
  rules_arguments rules;
  config_arguments config;
  config_arguments service;
  verify_arguments verify;
  digest_arguments digest;
  std::function<int()> run_filter;
  std::function<int()> run_rules;
  std::function<int()> run_config;

  command_line() {
    app.require_subcommand(1);
    add_replay(app, replay);
    run_filter = add_filter(app, filter);
    run_rules = add_rules(app, rules);
    run_config = add_config(app, config);
    CLI::App* const run = app.add_subcommand("run", run_about);
    run->footer(run_example);
    add_config_source(*run, service);
    add_verify(app, verify);
    add_digest(app, digest);
    app.footer(app_example);
    app.add_subcommand("version",
                       "Prints the version, the commit and the instruction set of the scan.")
        ->footer("Example:\n  trailbell version");
  }
};

int parse_and_run(const std::vector<std::string>& words) {
  command_line line;
  CLI::App& app = line.app;
  option_names names{{}, {"--pattern"}};
  collect_options(app, names);
  try {
    app.parse(prepare_words(words, names));
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::Error& problem) {
    return usage_error(problem.what());
  }
  if (app.got_subcommand("version")) {
    return print_version();
  }
  if (app.got_subcommand("rules")) {
    return line.run_rules();
  }
  if (app.got_subcommand("config")) {
    return line.run_config();
  }
  if (app.got_subcommand("verify")) {
    return verify_command(line.verify);
  }
  if (app.got_subcommand("digest")) {
    return digest_verify_command(line.digest);
  }
  if (app.got_subcommand("run")) {
    return run_command(line.service);
  }
  return app.got_subcommand("filter") ? line.run_filter() : replay_command(line.replay);
}

// Where the caller closed one of them, the next file to be opened would take its place, and
// messages would go into it.
void occupy_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) < 0) {
      (void)open("/dev/null", stream == STDIN_FILENO ? O_RDONLY : O_WRONLY);
    }
  }
}

}  // namespace

void show_command_line(const std::function<void(const CLI::App&)>& look) {
  const command_line line;
  look(line.app);
}

int run(int argc, char** argv) {
  occupy_standard_streams();
  try {
    const std::vector<std::string> words{argv + 1, argv + argc};
    if (words.size() == 1 && words.front() == "--version") {
      return print_version();
    }
    return parse_and_run(words);
  } catch (const std::invalid_argument& problem) {
    return usage_error(problem.what());
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "trailbell: out of memory\n");
  } catch (const std::exception& problem) {
    fmt::print(stderr, "trailbell: internal error: {}\n", problem.what());
  }
  return exit_failure;
}

}  // namespace trailbell::app
