#include "app/verify_options.hpp"

#include <CLI/CLI.hpp>

namespace trailbell::app {
namespace {

constexpr const char* about =
    R"(Proves that the alarm chain of a control exists, or names the broken link and what mends it.

The chain: a trail records, a log group takes, metric filters match, an alarm rings on one event,
its action reaches a topic, somebody is subscribed. `present` only where this holds for every event
name and every call that succeeded; what AWS denied or could not answer makes `undetermined`, never
`missing`. The inventory is a file that holds AWS's answers; deploy/inventory.md has its format.)";

constexpr const char* example = R"(Examples:
  trailbell verify --inventory account.json
  trailbell verify --inventory account.json --control all
  trailbell verify --inventory account.json --control cis-4.5 --remediation cli > mend.sh

Exit codes: 0 all present; 1 something is missing; 2 usage, or the inventory is no inventory;
3 something could not be told.)";

}  // namespace

void add_verify(CLI::App& app, verify_arguments& a) {
  CLI::App* const verify = app.add_subcommand("verify", about);
  verify->footer(example);
  verify
      ->add_option("--control", a.controls,
                   "control, repeatable: cis-4.1 to cis-4.15, securityhub-cloudwatch-1 to -14, or "
                   "all (default: cis-4.4)")
      ->allow_extra_args(false);
  verify
      ->add_option("--region", a.regions,
                   "only this region of the inventory (repeatable; default: all that it has)")
      ->allow_extra_args(false);
  verify->add_option("--inventory", a.inventory, "file with what AWS listed");
  verify->add_option("--format", a.format, "text, json or junit (default: text)");
  // Known, so that the answer is not that they are not: see usage_problem().
  for (const char* const name :
       {"--profile", "--role-arn", "--external-id", "--endpoint-url", "--save-inventory"}) {
    verify->add_option_function<std::string>(name, [&a](const std::string&) { a.asks_aws = true; })
        ->group("");
  }
  verify->add_flag_callback("--all-regions", [&a] { a.asks_aws = true; })->group("");
  verify->add_option("--remediation", a.remediation,
                     "instead of the report, what mends it: cli, cloudformation or terraform");
}

}  // namespace trailbell::app
