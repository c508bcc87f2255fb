// The options by which a command asks AWS, and what they come to.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "trailbell/aws/s3_client.hpp"
#include "trailbell/base/result.hpp"

namespace CLI {
class App;
}

namespace trailbell::app {

struct aws_arguments {
  std::string profile, region, endpoint_url, role_arn, external_id;

  [[nodiscard]] bool any() const noexcept {
    return !(profile.empty() && region.empty() && endpoint_url.empty() && role_arn.empty() &&
             external_id.empty());
  }
};

void add_aws_options(CLI::App& to, aws_arguments& into);

struct s3_session {
  aws::settings config;
  aws::s3_options options;
  std::shared_ptr<aws::credentials_source> who;  // may be shared by several threads
};
// By the options, else the environment and AWS's shared files. Asks nobody yet. `stop` ends what is
// on its way. Errors: as load_settings() and open_credentials().
[[nodiscard]] result<s3_session> open_s3(const aws_arguments& arguments,
                                         const std::atomic<bool>* stop);

}  // namespace trailbell::app
