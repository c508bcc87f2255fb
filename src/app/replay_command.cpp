#include "app/replay_command.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include "app/app.hpp"
#include "app/journal.hpp"
#include "app/rule_files.hpp"
#include "app/stop_signals.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/consume/archive_source.hpp"
#include "trailbell/emit/output_file.hpp"
#include "trailbell/emit/quarantine_folder.hpp"
#include "trailbell/emit/report_page.hpp"
#include "trailbell/observe/progress.hpp"
#include "trailbell/observe/replay_summary.hpp"
#include "trailbell/pipeline/replay.hpp"

namespace trailbell::app {
namespace {

bool on_terminal(int descriptor) {
  return isatty(descriptor) == 1;
}

std::size_t terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col - 1U : 79U;
}

// The options as the parts of the program want them.
struct plan {
  pipeline::replay_options replay;
  emit::output_options output;
  bool show_progress = false;
  bool count_total = false;
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
  for (const std::string& path : a.paths) {
    if (path.starts_with("s3://")) {
      return usage(path +
                   ": reading from S3 is not supported by this version; copy the objects to a "
                   "folder first (aws s3 sync) and replay that");
    }
    if (path.empty()) {
      return usage("an empty PATH");
    }
  }
  // What may not be looked at exists, perhaps: the replay will say so.
  const auto missing = [](const std::string& path) {
    std::error_code ignored;
    return path != "-" && std::filesystem::symlink_status(path, ignored).type() ==
                              std::filesystem::file_type::not_found;
  };
  if (std::all_of(a.paths.begin(), a.paths.end(), missing)) {
    return usage(a.paths.front() + ": no such file or folder");
  }
  const auto is_file = [](const std::string& path, const std::string& written) {
    std::error_code ignored;
    return !written.empty() && std::filesystem::is_regular_file(path, ignored) &&
           std::filesystem::equivalent(path, written, ignored);
  };
  for (const auto& [option, written] :
       {std::pair{"--output ", &a.output}, {"--report ", &a.report}}) {
    const auto is_read = [&](const std::string& path) { return is_file(path, *written); };
    if (std::any_of(a.paths.begin(), a.paths.end(), is_read)) {
      return usage(option + *written + ": is the file that is to be read; choose another");
    }
  }
  if (!a.report.empty() && (a.report == a.output || a.report == a.summary)) {
    return usage("--report " + a.report + ": is the file of another option too; choose another");
  }
  return std::nullopt;
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
  p.count_total = std::find(a.paths.begin(), a.paths.end(), "-") == a.paths.end();
  return p;
}

// Adds up the sizes of the files that will be read, while they are being read.
class total_counter {
 public:
  explicit total_counter(const std::vector<std::string>& paths)
      : thread_{[this, paths](const std::stop_token& stop) {
          consume::archive_source source{paths};
          std::uint64_t bytes = 0;
          while (std::optional<consume::archive_item> item = source.next()) {
            if (stop.stop_requested()) {
              return;
            }
            bytes += item->bytes;
          }
          bytes_.store(bytes);
        }} {}
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_.load(); }

 private:
  std::atomic<std::uint64_t> bytes_{0};
  std::jthread thread_;
};

// Where a replay writes; null: not wanted.
struct replay_outputs {
  emit::output& alerts;
  emit::report_page* report;
  emit::quarantine* quarantine;
};

class replay_session final : public pipeline::replay_listener {
 public:
  replay_session(const plan& p, const replay_outputs& to, const consume::read_control& control)
      : plan_{p},
        output_{to.alerts},
        report_{to.report},
        quarantine_{to.quarantine},
        control_{control} {
    if (p.show_progress && p.count_total) {
      total_.emplace(p.replay.paths);
    }
  }

  bool on_alert(alert& found) override {
    found.detected_at_ns = system_now_ns();
    return took(output_.deliver(found)) && (report_ == nullptr || took(report_->add(found)));
  }

  bool on_idle() override { return took(output_.flush()); }
  std::size_t unwritten() const override { return output_.unwritten(); }

  void on_loss(const std::string& path, const pipeline::owned_loss& lost) override {
    if (lost.kind == loss_kind::failed) {
      failed_path_ = path;
      journal_.lose(path, fmt::format("failed: {}", lost.reason));
    } else if (lost.kind != loss_kind::rest) {
      journal_.lose(path, fmt::format("byte {}, after {} records: {}: {}", lost.offset, lost.record,
                                      to_string(lost.kind), lost.reason));
    } else if (path == failed_path_ && path != "-") {
      return;  // a failed file is kept whole
    }
    if (quarantine_ != nullptr && lost.kind != loss_kind::unrecognised) {
      object_position place;
      place.name = path;
      const result<done> kept = quarantine_->put_one(
          {place, lost.offset, lost.record, to_string(lost.kind), lost.reason, lost.bytes});
      if (!kept) {
        journal_.say(kept.failure().message);
        failed_ = true;
      }
    }
  }

  void on_progress(const replay_totals& so_far) override {
    if (!plan_.show_progress) {
      return;
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began_;
    journal_.show_progress(observe::progress_line(
        {control_.bytes_read.load(), total_ ? total_->bytes() : 0, so_far.bytes_inflated,
         so_far.decoded.records, so_far.alerts, elapsed.count()},
        terminal_columns()));
  }

  journal& log() noexcept { return journal_; }
  // An output or the quarantine could not be written.
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  // Standard output's reader went away: not an error, the replay ends quietly.
  [[nodiscard]] bool output_closed() const noexcept { return output_closed_; }

 private:
  bool took(const result<done>& outcome) {
    if (outcome) {
      return !failed_ && !output_closed_;
    }
    if (outcome.failure().code == errc::output_closed) {
      output_closed_ = true;
    } else {
      journal_.say(outcome.failure().message);
      failed_ = true;
    }
    return false;
  }

  const plan& plan_;
  emit::output& output_;
  emit::report_page* report_;
  emit::quarantine* quarantine_;
  const consume::read_control& control_;
  journal journal_;
  std::optional<total_counter> total_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::string failed_path_;
  bool failed_ = false;
  bool output_closed_ = false;
};

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
  replay_session session{p, to, control};
  const replay_totals totals = pipeline::run_replay(p.replay, session, control);
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
  emit::output_options where = p.value().output;
  where.stop = &control.stop;
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
  const replay_outputs to{*output.value(), report.get(), quarantine ? &*quarantine : nullptr};
  return run_plan(arguments, p.value(), to, control);
}

}  // namespace trailbell::app
