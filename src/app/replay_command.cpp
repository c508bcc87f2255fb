#include "app/replay_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <thread>

#include "app/app.hpp"
#include "app/replay_input.hpp"
#include "app/replay_session.hpp"
#include "app/rule_files.hpp"
#include "app/stop_signals.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/emit/output_file.hpp"
#include "trailbell/emit/quarantine_folder.hpp"
#include "trailbell/emit/report_page.hpp"
#include "trailbell/observe/replay_summary.hpp"
#include "trailbell/pipeline/replay.hpp"

namespace trailbell::app {
namespace {

bool on_terminal(int stream) {
  return isatty(stream) == 1;
}

// The options as the parts of the program want them.
struct plan {
  pipeline::replay_options replay;
  emit::output_options output;
  bool show_progress = false;
};

error usage(const std::string& what) {
  return {errc::usage, what};
}

result<std::optional<std::int64_t>> time_option(const char* name, const std::string& text) {
  if (text.empty()) {
    return std::optional<std::int64_t>{};
  }
  const std::optional<std::int64_t> time = parse_rfc3339(text);
  if (!time) {
    return usage(
        fmt::format("{} {}: not an RFC 3339 time such as 2026-03-04T00:00:00Z", name, text));
  }
  return time;
}

std::optional<error> check(const replay_arguments& a) {
  const auto one_of = [](const std::string& value, std::initializer_list<const char*> allowed) {
    return std::find(allowed.begin(), allowed.end(), value) != allowed.end();
  };
  if (!a.format.empty() && !emit::alert_format_of(a.format)) {
    return usage("--format " + a.format + ": choose jsonl, ocsf, ecs or text");
  }
  if (!one_of(a.progress, {"auto", "always", "never"})) {
    return usage("--progress " + a.progress + ": choose auto, always or never");
  }
  if (a.threads && (*a.threads < 1 || *a.threads > limits::lanes_max)) {
    return usage(fmt::format("--threads {}: choose 1 to {}", *a.threads, limits::lanes_max));
  }
  if (a.max_object_bytes && *a.max_object_bytes < 1) {
    return usage(fmt::format("--max-object-bytes {}: choose 1 or more", *a.max_object_bytes));
  }
  if (a.with_record && a.format == "text") {
    return usage("--with-record goes with --format jsonl, ocsf or ecs");
  }
  return check_input(a);
}

result<plan> make_plan(const replay_arguments& a) {
  if (std::optional<error> problem = check(a)) {
    return *problem;
  }
  const auto from = time_option("--from", a.from);
  const auto to = time_option("--to", a.to);
  if (!from || !to) {
    return from ? to.failure() : from.failure();
  }
  plan p;
  p.replay.paths = a.paths;
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  p.replay.lanes = a.threads.value_or(std::clamp(cores, 1, limits::lanes_max));
  p.replay.strict = a.strict;
  p.replay.dedup = !a.no_dedup;
  if (a.max_object_bytes) {
    p.replay.object_bytes_max = static_cast<std::uint64_t>(*a.max_object_bytes);
  }
  p.replay.scan = {nullptr, from.value(), to.value(), a.with_record || !a.report.empty(),
                   !a.quarantine.empty()};

  const bool text_by_default = a.output.empty() && on_terminal(STDOUT_FILENO) && !a.with_record;
  const emit::alert_format by_default =
      text_by_default ? emit::alert_format::text : emit::alert_format::jsonl;
  const char* const colour = std::getenv("NO_COLOR");
  const bool no_colour = colour != nullptr && *colour != '\0';  // as no-color.org has it
  p.output = {a.output,
              {emit::alert_format_of(a.format).value_or(by_default), a.with_record,
               a.output.empty() && on_terminal(STDOUT_FILENO) && !no_colour}};
  p.show_progress = a.progress == "always" || (a.progress == "auto" && on_terminal(STDERR_FILENO));
  return p;
}

bool write_summary(const std::string& path, const replay_totals& totals, journal& log) {
  if (path.empty()) {
    return true;
  }
  std::ofstream out{path, std::ios::trunc};
  out << observe::summary_json(totals);
  out.close();
  if (!out) {
    log.say("cannot write the summary to " + path);
  }
  return static_cast<bool>(out);
}

bool finish_report(emit::report_page* report, const replay_totals& totals, journal& log) {
  if (report == nullptr) {
    return true;
  }
  const result<done> finished = report->finish(observe::summary_json(totals));
  if (!finished) {
    log.say(finished.failure().message);
  } else if (report->left_out() > 0) {
    log.say(fmt::format("the report has no room for {} of the alerts; narrow it by --from and --to",
                        report->left_out()));
  }
  return finished.ok();
}

int run_plan(const replay_arguments& a, const plan& p, const replay_outputs& to,
             consume::read_control& control) {
  replay_session session{{p.show_progress, p.replay.paths, p.output.path}, to, control};
  const replay_totals totals = pipeline::run_replay(p.replay, session, control);
  session.save();
  session.log().end_object();
  session.log().clear_progress();
  if (session.output_closed()) {
    if (to.report == nullptr) {
      return exit_done;
    }
    session.log().say("no report is written: the reader of standard output went away");
    return exit_failure;
  }
  const bool reported = finish_report(to.report, totals, session.log());
  const bool written = write_summary(a.summary, totals, session.log()) && reported;
  std::fputs(observe::summary_text(totals).c_str(), stderr);
  if (totals.incomplete() || session.failed() || !written) {
    return exit_failure;
  }
  return a.fail_on_alert && totals.alerts > 0 ? exit_no : exit_done;
}

int refuse(const error& problem) {
  fmt::print(stderr, "trailbell: {}\n", problem.message);
  return problem.code == errc::usage ? exit_usage : exit_failure;
}

}  // namespace

int replay_command(const replay_arguments& arguments) {
  result<plan> p = make_plan(arguments);
  if (!p) {
    return refuse(p.failure());
  }
  p.value().replay.scan.rules = open_rule_set(arguments.rules);
  if (!p.value().replay.scan.rules) {
    return exit_usage;  // which was said
  }
  std::optional<emit::quarantine_folder> quarantine;
  if (!arguments.quarantine.empty()) {
    result<emit::quarantine_folder> opened =
        emit::quarantine_folder::open({arguments.quarantine, 0, false});
    if (!opened) {
      return refuse(opened.failure());
    }
    quarantine = std::move(opened.value());
  }
  consume::read_control control;
  stop_on_signals(control.stop);
  auto access = open_input(arguments, p.value().replay.scan, control.stop);
  if (!access) {
    return refuse(access.failure());
  }
  p.value().replay.s3 = std::move(access.value());
  const auto checkpoint = open_checkpoint(arguments, *p.value().replay.scan.rules);
  if (!checkpoint) {
    return refuse(checkpoint.failure());
  }
  p.value().replay.done = checkpoint.value().get();
  emit::output_options where = p.value().output;
  where.stop = &control.stop;
  where.append = checkpoint.value() != nullptr;
  const result<std::unique_ptr<emit::output>> output = emit::open_output_file(where);
  if (!output) {
    return refuse(output.failure());
  }
  std::unique_ptr<emit::report_page> report;
  if (!arguments.report.empty()) {
    auto opened = emit::report_page::open(arguments.report);
    if (!opened) {
      return refuse(opened.failure());
    }
    report = std::move(opened.value());
  }
  const replay_outputs to{*output.value(), report.get(), quarantine ? &*quarantine : nullptr,
                          checkpoint.value().get()};
  return run_plan(arguments, p.value(), to, control);
}

}  // namespace trailbell::app
