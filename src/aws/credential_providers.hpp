// Who may have credentials: each a function that says what it found, or why it has none.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "trailbell/aws/credentials_chain.hpp"
#include "trailbell/aws/http_client.hpp"

namespace trailbell::aws {

struct asking {
  const settings& config;
  http_client& http;
  const std::shared_ptr<tls_context>& tls;  // of the settings
  std::string region;                       // of STS
  std::function<unix_time()> now;
  log_function log;
};

struct answer {
  std::optional<credentials> keys;
  std::string why_not{};  // "is not set up: AWS_ROLE_ARN is not set"
};
// Errors: it is set up, and did not work.
using provider_answer = result<answer>;

[[nodiscard]] provider_answer ask_environment(const asking& with);
[[nodiscard]] provider_answer ask_profile(const asking& with);
[[nodiscard]] provider_answer ask_web_identity(const asking& with);
[[nodiscard]] provider_answer ask_container(const asking& with);
[[nodiscard]] provider_answer ask_instance(const asking& with);

// Of STS and IAM Identity Center.
[[nodiscard]] result<credentials> assume_role(const asking& with, const credentials& by,
                                              const role_wish& role);
[[nodiscard]] result<credentials> assume_role_by_token(const asking& with, const role_wish& role,
                                                       const std::string& token_file);
[[nodiscard]] result<credentials> ask_identity_center(const asking& with,
                                                      const config_section& profile);

// JSON as container and instance metadata give it: AccessKeyId, SecretAccessKey, Token, Expiration.
[[nodiscard]] result<credentials> credentials_of_metadata(std::string_view json,
                                                          const std::string& source);

}  // namespace trailbell::aws
