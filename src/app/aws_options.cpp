#include "app/aws_options.hpp"

#include <CLI/CLI.hpp>
#include <utility>

#include "app/journal.hpp"
#include "trailbell/aws/credentials_chain.hpp"

namespace trailbell::app {
namespace {

// Warnings only: that something is tried again is of no use to whoever waits.
void say(log_level level, std::string_view text) {
  if (level != log_level::debug && level != log_level::info) {
    journal{}.say(text);
  }
}

}  // namespace

void add_aws_options(CLI::App& to, aws_arguments& into) {
  to.add_option("--region", into.region, "AWS region (default: AWS_REGION, the profile's)")
      ->group("AWS");
  to.add_option("--profile", into.profile, "profile of ~/.aws/config (default: AWS_PROFILE)")
      ->group("AWS");
  to.add_option("--role-arn", into.role_arn, "role to assume")->group("AWS");
  to.add_option("--external-id", into.external_id, "external id that the role wants")->group("AWS");
  to.add_option("--endpoint-url", into.endpoint_url,
                "another server than AWS's (default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL)")
      ->group("AWS");
}

result<s3_session> open_s3(const aws_arguments& arguments, const std::atomic<bool>* stop) {
  result<aws::settings> config = aws::load_settings(aws::process_variables(), arguments.profile);
  if (!config) {
    return config.failure();
  }
  s3_session out;
  out.options = aws::s3_options_of(config.value());
  if (!arguments.region.empty()) {
    out.options.region = arguments.region;
  }
  if (!arguments.endpoint_url.empty()) {
    out.options.endpoint_url = arguments.endpoint_url;
  }
  out.options.http.stop = stop;
  auto tls = aws::load_tls(out.options.http.tls);
  if (!tls) {
    return tls.failure();
  }
  out.options.http.loaded_tls = std::move(tls.value());
  out.options.log = say;
  aws::credentials_options wish;
  wish.profile = arguments.profile;
  wish.region = out.options.region;
  wish.role.arn = arguments.role_arn;
  wish.role.external_id = arguments.external_id;
  wish.tls = out.options.http.loaded_tls;
  wish.log = say;
  auto who = aws::open_credentials(std::move(wish));
  if (!who) {
    return who.failure();
  }
  out.who = aws::share_credentials(std::move(who.value()));
  out.config = std::move(config.value());
  return out;
}

}  // namespace trailbell::app
