#include "app/verify_command.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "app/app.hpp"
#include "app/journal.hpp"
#include "app/rule_files.hpp"
#include "app/shipped_rules.hpp"
#include "app/verify_inventory.hpp"
#include "trailbell/base/ensure.hpp"
#include "trailbell/detect/pattern_rule.hpp"
#include "trailbell/verify/remediation.hpp"
#include "trailbell/verify/report.hpp"

namespace trailbell::app {
namespace {

constexpr std::array<std::string_view, 5> formats{"text", "json", "junit", "ocsf", "asff"};

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
  if (std::find(formats.begin(), formats.end(), format) == formats.end()) {
    return "--format " + format + ": choose text, json, junit, ocsf or asff";
  }
  if (!arguments.remediation.empty() && !verify::remediation_form_of(arguments.remediation)) {
    return "--remediation " + arguments.remediation + ": choose cli, cloudformation or terraform";
  }
  const bool asks = arguments.all_regions || !arguments.profile.empty() ||
                    !arguments.role_arn.empty() || !arguments.external_id.empty() ||
                    !arguments.endpoint_url.empty() || !arguments.save_inventory.empty();
  if (asks && !arguments.inventory.empty()) {
    return "--inventory names what AWS said before: --profile, --role-arn, --external-id, "
           "--endpoint-url, --all-regions and --save-inventory are for asking it now";
  }
  if (!arguments.external_id.empty() && arguments.role_arn.empty()) {
    return "--external-id is for a role: name it with --role-arn";
  }
  return arguments.all_regions && !arguments.regions.empty()
             ? "--all-regions leaves nothing for --region to choose"
             : "";
}

std::string written(const verify::chain_report& report, const std::string& format) {
  return format == "json"    ? verify::to_json(report)
         : format == "junit" ? verify::to_junit(report)
         : format == "ocsf"  ? verify::to_ocsf(report)
         : format == "asff"  ? verify::to_asff(report)
                             : verify::to_text(report);
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
  const auto inventory = find_inventory(arguments);
  if (!inventory) {
    return inventory.failure().code;
  }
  const verify::inventory& of = inventory.value();
  verify::chain_report report{of.account_id, of.taken_at, {}};
  for (const verify::control& control : *controls) {
    report.controls.push_back(verify::verify_chain(of, control));
  }
  const auto form = verify::remediation_form_of(arguments.remediation);
  const std::string text =
      form ? verify::remediation_of(of, report.controls, *form) : written(report, arguments.format);
  return write(text) ? exit_code_of(report.worst()) : exit_failure;
}

}  // namespace trailbell::app
