#include "app/digest_command.hpp"

#include <algorithm>
#include <cstdio>

#include "app/app.hpp"
#include "app/integrity_check.hpp"
#include "app/journal.hpp"
#include "app/replay_input.hpp"
#include "app/stop_signals.hpp"

namespace trailbell::app {
namespace {

int refuse(const error& problem) {
  journal{}.say(problem.message);
  return problem.code == errc::usage ? exit_usage : exit_failure;
}

std::optional<error> check(const digest_arguments& a) {
  if (a.format != "text" && a.format != "json") {
    return error{errc::usage, "--format " + a.format + ": choose text or json"};
  }
  return check_paths(a);
}

}  // namespace

int digest_verify_command(const digest_arguments& arguments) {
  if (const std::optional<error> problem = check(arguments)) {
    return refuse(*problem);
  }
  const result<input_plan> plan = plan_input(arguments);
  if (!plan) {
    return refuse(plan.failure());
  }
  consume::read_control control;
  stop_on_signals(control.stop);
  const result<integrity_check> check = integrity_check::open(arguments, control.stop);
  if (!check) {
    return refuse(check.failure());
  }
  const auto s3 = open_input(arguments, plan.value(), control.stop);
  if (!s3) {
    return refuse(s3.failure());
  }
  const integrity::digest_report report = check.value().run(
      {plan.value().from_ns, plan.value().to_ns}, s3.value(), plan.value(), control);
  const std::string text = arguments.format == "json" ? to_json(report) : to_text(report);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0 ||
      report.totals.untold > 0) {
    return exit_failure;
  }
  return report.totals.failures > 0 ? exit_no : exit_done;
}

}  // namespace trailbell::app
