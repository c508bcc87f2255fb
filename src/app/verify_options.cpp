#include "app/verify_options.hpp"

#include <CLI/CLI.hpp>

namespace trailbell::app {
namespace {

constexpr const char* about =
    R"(Proves that the alarm chain of a control exists, or names the broken link and what mends it.

The chain: a trail records, a log group takes, metric filters match, an alarm rings on one event,
its action reaches a topic, somebody is subscribed. `present` only where this holds for every event
name and every call that succeeded; what AWS denied or could not answer makes `undetermined`, never
`missing`. AWS is asked, with what its SDKs would take for credentials, and nothing is changed
there: deploy/aws/verify-policy.json has the actions to allow. Or its answers are read from a file;
deploy/inventory.md has the format.

--siem proves the other way that CIS allows: files of the trail to a queue, a running trailbell,
Prometheus, Alertmanager, a receiver (deploy/siem.md). --canary sends a marked record through a
running service and waits for its alert; it touches no IAM (deploy/canary.md).)";

constexpr const char* example = R"(Examples:
  trailbell verify
  trailbell verify --control all --all-regions --profile audit
  trailbell verify --role-arn arn:aws:iam::111122223333:role/audit --save-inventory account.json
  trailbell verify --inventory account.json --control cis-4.5 --remediation cli > mend.sh
  trailbell verify --siem --service http://10.0.0.7:9464 --prometheus http://10.0.0.9:9090
  trailbell verify --canary -c trailbell.yaml --canary-bucket s3://trails/AWSLogs/111122223333

Exit codes: 0 all present; 1 something is missing; 2 usage, or the inventory is no inventory;
3 something could not be told. Of --canary: 0 its alert was accepted; 1 it was not within --timeout;
3 it could not be sent, or the service could not be asked.)";

void add_siem(CLI::App& verify, verify_arguments& a) {
  verify.add_flag("--siem", a.siem, "verify the chain through a SIEM: cis-4.4 or its twin")
      ->group("SIEM");
  verify
      .add_option("--siem-source", a.siem_source,
                  "s3: files and notifications; kafka: the chain begins at the topic (default: s3)")
      ->group("SIEM");
  verify
      .add_option("--service", a.services,
                  "address of a running trailbell (repeatable; default: http://127.0.0.1:9464)")
      ->allow_extra_args(false)
      ->group("SIEM");
  verify
      .add_option("--prometheus", a.prometheus,
                  "address of Prometheus (default: http://127.0.0.1:9090)")
      ->group("SIEM");
  verify
      .add_option("--alertmanager", a.alertmanagers,
                  "address of Alertmanager (repeatable; default: those that Prometheus sends to)")
      ->allow_extra_args(false)
      ->group("SIEM");
  const auto sign_in = [&verify](const char* name, std::string& path, const char* what) {
    verify.add_option(name, path, what)->group("SIEM");
  };
  sign_in("--prometheus-http-config", a.prometheus_sign_in,
          "file with basic_auth, authorization, tls_config, as promtool takes it");
  sign_in("--alertmanager-http-config", a.alertmanager_sign_in,
          "the same, as amtool takes it; only what --alertmanager names is told it");
  sign_in("--service-http-config", a.service_sign_in, "the same, for what stands before trailbell");
}

void add_canary(CLI::App& verify, verify_arguments& a) {
  verify.add_flag("--canary", a.canary, "send a canary, and wait for its alert")->group("Canary");
  verify
      .add_option("-c,--config", a.config,
                  "configuration of the service, for where it reads (default: trailbell.yaml)")
      ->group("Canary");
  const auto add = [&a](const std::string& setting) { a.settings.push_back(setting); };
  verify.add_option_function<std::string>("--set", add, "as of `trailbell run` (repeatable)")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->trigger_on_parse()
      ->group("Canary");
  verify
      .add_option("--canary-source", a.canary_source,
                  "kafka, s3 or file (default: the first that the service has)")
      ->group("Canary");
  verify
      .add_option("--canary-bucket", a.canary_bucket,
                  "where a file of the trail may be put: s3://BUCKET/PREFIX")
      ->group("Canary");
}

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
                   "region to begin in, from where trails are followed (repeatable; default: that "
                   "of the environment or profile, else us-east-1); of an inventory, the only one "
                   "that counts")
      ->allow_extra_args(false);
  verify->add_flag("--all-regions", a.all_regions, "begin in every region that is enabled");
  verify->add_option("--profile", a.profile, "profile of AWS's shared files");
  verify->add_option("--role-arn", a.role_arn, "role to assume first");
  verify->add_option("--external-id", a.external_id, "what that role wants to be told");
  verify->add_option("--endpoint-url", a.endpoint_url,
                     "another place than AWS's, for every service");
  verify
      ->add_option("--timeout", a.timeout_s,
                   "seconds for asking AWS; what has no answer then is undetermined (default: 60)")
      ->check(CLI::Range(1, 3600));
  verify->add_option("--inventory", a.inventory, "do not ask: file with what AWS listed");
  verify->add_option("--save-inventory", a.save_inventory, "keep what AWS listed in this file");
  verify->add_option("--format", a.format, "text, json, junit, ocsf or asff (default: text)");
  verify->add_option("--remediation", a.remediation,
                     "instead of the report, what mends it: cli, cloudformation or terraform");
  add_siem(*verify, a);
  add_canary(*verify, a);
}

}  // namespace trailbell::app
