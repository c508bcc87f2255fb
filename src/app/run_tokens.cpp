#include "app/run_tokens.hpp"

#include <utility>

#include "app/version.hpp"
#include "trailbell/aws/msk_token.hpp"

namespace trailbell::app {

result<bearer_tokens> open_tokens(const msk_iam_config& config, const char* kind, run_log& log) {
  if (!config.on) {
    return bearer_tokens{};
  }
  aws::credentials_options options;
  options.profile = config.profile;
  options.role.arn = config.role_arn;
  options.role.external_id = config.external_id;
  options.log = log.of(kind);
  aws::msk_wish wish;
  wish.region = config.region;
  wish.user_agent = std::string{"trailbell/"} + version_number();
  result<bearer_tokens> opened = aws::open_msk_tokens(std::move(options), std::move(wish));
  if (!opened) {
    return error{opened.failure().code, "aws_msk_iam: " + opened.failure().message};
  }
  return opened;
}

}  // namespace trailbell::app
