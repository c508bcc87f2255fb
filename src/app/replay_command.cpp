#include "app/replay_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>

#include "app/app.hpp"
#include "app/integrity_check.hpp"
#include "app/replay_input.hpp"
#include "app/replay_session.hpp"
#include "app/rule_files.hpp"
#include "app/stop_signals.hpp"
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

// What happened is delivered within hours, and told of within this.
constexpr std::int64_t delivery_time_ns = 24 * 3600 * std::int64_t{1'000'000'000};

// The options as the parts of the program want them.
struct plan {
  input_plan input;
  pipeline::replay_options replay;
  emit::output_options output;
  bool show_progress = false;
};

error usage(const std::string& what) {
  return {errc::usage, what};
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
  if (a.with_record && a.format == "text") {
    return usage("--with-record goes with --format jsonl, ocsf or ecs");
  }
  return check_input(a);
}

result<plan> make_plan(const replay_arguments& a) {
  if (std::optional<error> problem = check(a)) {
    return *problem;
  }
  const result<input_plan> input = plan_input(a);
  if (!input) {
    return input.failure();
  }
  plan p;
  p.input = input.value();
  p.replay.paths = a.paths;
  p.replay.lanes = p.input.threads;
  p.replay.object_bytes_max = p.input.object_bytes_max;
  p.replay.strict = a.strict;
  p.replay.dedup = !a.no_dedup;
  p.replay.scan = {nullptr, p.input.from_ns, p.input.to_ns, a.with_record || !a.report.empty(),
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
  replay_totals totals = pipeline::run_replay(p.replay, session, control);
  if (to.digests != nullptr) {
    totals.integrity = to.digests->totals;
  }
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
  const integrity_totals of_digests = totals.integrity.value_or(integrity_totals{});
  if (totals.incomplete() || session.failed() || !written || of_digests.untold > 0) {
    return exit_failure;
  }
  const bool alerted = a.fail_on_alert && totals.alerts > 0;
  return alerted || of_digests.failures > 0 ? exit_no : exit_done;
}

// Before the replay, which then says of each alert what was found: the archive is read twice.
std::optional<integrity::digest_report> verify_digests(const std::optional<integrity_check>& check,
                                                       const plan& p,
                                                       consume::read_control& control) {
  if (!check) {
    return std::nullopt;
  }
  integrity::time_range delivered{p.input.from_ns, p.input.to_ns};
  if (delivered.to_ns) {
    constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max() - delivery_time_ns;
    delivered.to_ns = std::min(*delivered.to_ns, last) + delivery_time_ns;
  }
  integrity::digest_report report = check->run(delivered, p.replay.s3, p.input, control);
  control.bytes_read.store(0);  // the summary is about the replay
  std::fputs(to_text(report).c_str(), stderr);
  return report;
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
  std::optional<integrity_check> check;
  if (arguments.verify_digests) {
    result<integrity_check> opened = integrity_check::open(arguments, control.stop);
    if (!opened) {
      return refuse(opened.failure());
    }
    check = std::move(opened.value());
  }
  auto access = open_input(arguments, p.value().input, control.stop);
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
  const std::optional<integrity::digest_report> digests = verify_digests(check, p.value(), control);
  const replay_outputs to{*output.value(), report.get(), quarantine ? &*quarantine : nullptr,
                          checkpoint.value().get(), digests ? &*digests : nullptr};
  return run_plan(arguments, p.value(), to, control);
}

}  // namespace trailbell::app
