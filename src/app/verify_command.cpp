#include "app/verify_command.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>

#include "app/app.hpp"
#include "app/canary_command.hpp"
#include "app/journal.hpp"
#include "app/verify_controls.hpp"
#include "app/verify_inventory.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/verify/remediation.hpp"
#include "trailbell/verify/report.hpp"
#include "trailbell/verify/siem_chain.hpp"

namespace trailbell::app {
namespace {

constexpr std::array<std::string_view, 5> formats{"text", "json", "junit", "ocsf", "asff"};

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

std::string siem_problem(const verify_arguments& arguments) {
  const bool signs_in = !arguments.service_sign_in.empty() ||
                        !arguments.prometheus_sign_in.empty() ||
                        !arguments.alertmanager_sign_in.empty();
  if (!arguments.siem) {
    const bool any = !arguments.services.empty() || !arguments.prometheus.empty() ||
                     !arguments.alertmanagers.empty() || signs_in || arguments.siem_source != "s3";
    return any ? "--service, --prometheus, --alertmanager, what ends with -http-config, and "
                 "--siem-source are for --siem"
               : "";
  }
  if (!arguments.alertmanager_sign_in.empty() && arguments.alertmanagers.empty()) {
    return "--alertmanager-http-config: name the Alertmanagers that may be told it, by "
           "--alertmanager";
  }
  if (signs_in && !arguments.inventory.empty()) {
    return "--inventory names what was said before: -http-config is for asking now";
  }
  if (arguments.siem_source != "s3" && arguments.siem_source != "kafka") {
    return "--siem-source " + arguments.siem_source + ": choose s3 or kafka";
  }
  if (!arguments.remediation.empty()) {
    return "--remediation mends a chain in AWS; of one through a SIEM the report says what helps";
  }
  std::vector<std::string> addresses = arguments.services;
  addresses.insert(addresses.end(), arguments.alertmanagers.begin(), arguments.alertmanagers.end());
  addresses.push_back(arguments.prometheus);
  for (const std::string& one : addresses) {
    if (!one.empty() && !aws::parse_url(one)) {
      return one + ": an address begins with http:// or https://";
    }
    if (!one.empty() && !arguments.inventory.empty()) {
      return "--inventory names what was said before: addresses are for asking now";
    }
  }
  return "";
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
  if (std::string problem = siem_problem(arguments); !problem.empty()) {
    return problem;
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

verify::siem_source source_of(const verify_arguments& arguments) {
  return arguments.siem_source == "kafka" ? verify::siem_source::kafka : verify::siem_source::s3;
}

}  // namespace

int verify_command(const verify_arguments& arguments) {
  if (arguments.canary) {
    if (arguments.siem || !arguments.inventory.empty() || !arguments.controls.empty() ||
        !arguments.remediation.empty()) {
      journal{}.say(
          "--canary stands alone: --siem, --control, --inventory and --remediation are "
          "for what is proved");
      return exit_usage;
    }
    return canary_command({arguments.config, arguments.settings,
                           arguments.services.empty() ? "" : arguments.services.front(),
                           arguments.canary_source, arguments.canary_bucket, arguments.format,
                           arguments.timeout_s});
  }
  if (const std::string problem = usage_problem(arguments); !problem.empty()) {
    journal{}.say(problem);
    return exit_usage;
  }
  const result<std::vector<verify::control>> controls = controls_of(arguments.controls);
  if (!controls) {
    journal{}.say("--control " + controls.failure().message);
    return exit_usage;
  }
  for (const verify::control& one : controls.value()) {
    if (arguments.siem && !verify::has_prometheus_alert(one)) {
      journal{}.say("--siem: rules/prometheus has no alert on what " + one.id +
                    " is about; known are cis-4.4 and securityhub-cloudwatch-4");
      return exit_usage;
    }
  }
  const auto inventory = find_inventory(arguments);
  if (!inventory) {
    return inventory.failure().code;
  }
  const verify::inventory& of = inventory.value();
  verify::chain_report report{of.account_id, of.taken_at, {}};
  for (const verify::control& control : controls.value()) {
    report.controls.push_back(arguments.siem
                                  ? verify::verify_siem_chain(of, control, source_of(arguments))
                                  : verify::verify_chain(of, control));
  }
  const auto form = verify::remediation_form_of(arguments.remediation);
  const std::string text =
      form ? verify::remediation_of(of, report.controls, *form) : written(report, arguments.format);
  return write(text) ? exit_code_of(report.worst()) : exit_failure;
}

}  // namespace trailbell::app
