#include "app/verify_command.hpp"

#include <algorithm>
#include <cstdio>
#include <optional>

#include "app/app.hpp"
#include "app/journal.hpp"
#include "app/rule_files.hpp"
#include "app/shipped_rules.hpp"
#include "app/text_file.hpp"
#include "trailbell/base/ensure.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/detect/pattern_rule.hpp"
#include "trailbell/verify/inventory_file.hpp"
#include "trailbell/verify/remediation.hpp"
#include "trailbell/verify/report.hpp"

namespace trailbell::app {
namespace {

std::optional<verify::control> control_named(const std::string& id) {
  if (id == "cis-4.16") {
    journal{}.say(
        "--control cis-4.16: it wants Security Hub enabled, which is a state and no event; there "
        "is no alarm chain to verify");
    return std::nullopt;
  }
  const std::optional<detect::loaded_rule> shipped = shipped_rule(id);
  const auto* const rule =
      shipped ? dynamic_cast<const detect::pattern_rule*>(shipped->rule.get()) : nullptr;
  if (rule == nullptr) {
    journal{}.say("--control " + id +
                  ": unknown; known are cis-4.1 to cis-4.15, securityhub-cloudwatch-1 to -14, "
                  "and all");
    return std::nullopt;
  }
  const detect::coverage_control* const own = detect::find_coverage_control(id);
  detect::coverage_control records =
      own != nullptr ? *own : detect::control_of(rule->content().pattern);
  records.id = id;
  return verify::control{id, rule->info().text().title, rule->content().pattern.text(),
                         std::move(records), verify::scope_of(id)};
}

std::optional<std::vector<verify::control>> controls_of(const verify_arguments& arguments) {
  std::vector<std::string> ids;
  for (const std::string& id : arguments.controls) {
    if (id != "all") {
      ids.push_back(id);
      continue;
    }
    for (const shipped_rule_text& shipped : shipped_rules()) {
      ids.emplace_back(shipped.id);
    }
  }
  if (ids.empty()) {
    ids.emplace_back("cis-4.4");
  }
  std::vector<verify::control> controls;
  bool known = true;
  for (const std::string& id : ids) {
    const bool seen = std::any_of(controls.begin(), controls.end(),
                                  [&](const verify::control& one) { return one.id == id; });
    std::optional<verify::control> one = seen ? std::nullopt : control_named(id);
    known = known && (seen || one);
    if (one) {
      controls.push_back(std::move(*one));
    }
  }
  return known ? std::optional{std::move(controls)} : std::nullopt;
}

std::optional<verify::inventory> open_inventory(const verify_arguments& arguments) {
  const std::string& path = arguments.inventory;
  const result<std::string> text = read_text_file(path, limits::value_bytes_max);
  if (!text) {
    journal{}.say(path + ": " + text.failure().message);
    return std::nullopt;
  }
  if (text.value().size() > limits::value_bytes_max) {
    journal{}.say(path + ": larger than an inventory may be (64 MiB); split it by --region");
    return std::nullopt;
  }
  auto read = verify::read_inventory(path, text.value());
  if (!read) {
    for (const file_problem& problem : read.failure().all) {
      std::string line;
      append_printable(problem.message(), line);
      std::fputs((line + "\n").c_str(), stderr);
    }
    return std::nullopt;
  }
  return std::move(read.value());
}

// False where one is not in the inventory, which was said.
bool keep_regions(const std::vector<std::string>& wanted, verify::inventory& of) {
  bool known = true;
  for (const std::string& region : wanted) {
    if (of.region(region) == nullptr) {
      std::vector<std::string> there;
      for (const auto& [name, ignored] : of.regions) {
        there.push_back(name);
      }
      journal{}.say("--region " + region + ": the inventory has " +
                    (there.empty() ? "no region" : comma_separated(there)));
      known = false;
    }
  }
  if (!wanted.empty()) {
    std::erase_if(of.regions, [&](const auto& one) {
      return std::find(wanted.begin(), wanted.end(), one.first) == wanted.end();
    });
  }
  return known;
}

bool write(const std::string& text) {
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() &&
         std::fflush(stdout) == 0;
}

int exit_code_of(verify::verdict worst) noexcept {
  switch (worst) {
    case verify::verdict::present:
      return exit_done;
    case verify::verdict::missing:
      return exit_no;
    case verify::verdict::undetermined:
      break;
  }
  return exit_failure;
}

// Empty where the options are sound.
std::string usage_problem(const verify_arguments& arguments) {
  const std::string& format = arguments.format;
  if (format != "text" && format != "json" && format != "junit") {
    return "--format " + format + ": choose text, json or junit";
  }
  if (!arguments.remediation.empty() && !verify::remediation_form_of(arguments.remediation)) {
    return "--remediation " + arguments.remediation + ": choose cli, cloudformation or terraform";
  }
  return arguments.inventory.empty() || arguments.asks_aws
             ? "this version verifies an inventory: name one with --inventory FILE; "
               "deploy/inventory.md says how to make it. It does not ask AWS itself yet, and has "
               "no "
               "--profile, --role-arn, --external-id, --endpoint-url, --all-regions or "
               "--save-inventory"
             : "";
}

}  // namespace

int verify_command(const verify_arguments& arguments) {
  if (const std::string problem = usage_problem(arguments); !problem.empty()) {
    journal{}.say(problem);
    return exit_usage;
  }
  const std::optional<std::vector<verify::control>> controls = controls_of(arguments);
  if (!controls) {
    return exit_usage;
  }
  std::optional<verify::inventory> inventory = open_inventory(arguments);
  if (!inventory || !keep_regions(arguments.regions, *inventory)) {
    return exit_usage;
  }
  verify::chain_report report{inventory->account_id, inventory->taken_at, {}};
  for (const verify::control& control : *controls) {
    report.controls.push_back(verify::verify_chain(*inventory, control));
  }
  const auto form = verify::remediation_form_of(arguments.remediation);
  const std::string text = form ? verify::remediation_of(*inventory, report.controls, *form)
                           : arguments.format == "json"  ? verify::to_json(report)
                           : arguments.format == "junit" ? verify::to_junit(report)
                                                         : verify::to_text(report);
  return write(text) ? exit_code_of(report.worst()) : exit_failure;
}

}  // namespace trailbell::app
