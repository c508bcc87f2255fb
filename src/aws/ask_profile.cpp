#include <algorithm>
#include <vector>

#include "aws/credential_process.hpp"
#include "aws/credential_providers.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

class profile_reader {
 public:
  explicit profile_reader(const asking& with) : with_{with} {}

  provider_answer read(const std::string& name) {
    const auto at = with_.config.shared.profiles.find(name);
    if (at == with_.config.shared.profiles.end()) {
      return answer{std::nullopt, "there is no profile " + in_quotes(name)};
    }
    if (std::find(seen_.begin(), seen_.end(), name) != seen_.end()) {
      return wrong(name, "source_profile leads back to it");
    }
    seen_.push_back(name);
    const config_section& section = at->second;
    if (has(section, "role_arn")) {
      return read_role(name, section);
    }
    return read_keys(name, section);
  }

 private:
  static bool has(const config_section& section, const std::string& key) {
    return !text(section, key).empty();
  }
  static std::string text(const config_section& section, const std::string& key) {
    const auto at = section.find(key);
    return at == section.end() ? std::string{} : at->second;
  }
  static error wrong(const std::string& name, const std::string& what) {
    return {errc::usage, "the AWS profile " + in_quotes(name) + ": " + what};
  }
  static provider_answer named(const std::string& name, result<credentials> got) {
    if (!got) {
      return error{got.failure().code,
                   "the AWS profile " + in_quotes(name) + ": " + got.failure().message};
    }
    return answer{std::move(got.value())};
  }

  provider_answer read_keys(const std::string& name, const config_section& section) {
    if (has(section, "sso_session") || has(section, "sso_start_url")) {
      return named(name, ask_identity_center(with_, section));
    }
    const std::string id = text(section, "aws_access_key_id");
    const std::string key = text(section, "aws_secret_access_key");
    if (id.empty() != key.empty()) {
      return wrong(name,
                   "it has one of aws_access_key_id and aws_secret_access_key; both are "
                   "wanted");
    }
    if (!id.empty()) {
      return answer{credentials{id, secret{key}, secret{text(section, "aws_session_token")},
                                std::nullopt, "profile " + name}};
    }
    if (has(section, "credential_process")) {
      return named(name, credentials_of_process(text(section, "credential_process")));
    }
    return answer{std::nullopt, "the profile " + in_quotes(name) + " has no credentials"};
  }

  provider_answer read_role(const std::string& name, const config_section& section) {
    if (has(section, "mfa_serial")) {
      return wrong(name,
                   "it wants a code of a device (mfa_serial), and nobody is here to type one");
    }
    role_wish role{text(section, "role_arn"), text(section, "external_id"), "trailbell"};
    if (has(section, "role_session_name")) {
      role.session_name = text(section, "role_session_name");
    }
    const std::string source = text(section, "source_profile");
    const std::string kind = text(section, "credential_source");
    const std::string token = text(section, "web_identity_token_file");
    if ((source.empty() ? 0 : 1) + (kind.empty() ? 0 : 1) + (token.empty() ? 0 : 1) != 1) {
      return wrong(name,
                   "role_arn wants one of source_profile, credential_source and "
                   "web_identity_token_file beside it");
    }
    if (!token.empty()) {
      return named(name, assume_role_by_token(with_, role, token));
    }
    provider_answer by = source == name    ? read_keys(name, section)
                         : !source.empty() ? read(source)
                                           : ask_kind(name, kind);
    if (!by) {
      return by;
    }
    if (!by.value().keys) {
      return wrong(name, "what its role is assumed with is not there: " + by.value().why_not);
    }
    return named(name, assume_role(with_, *by.value().keys, role));
  }

  provider_answer ask_kind(const std::string& name, const std::string& kind) {
    if (kind == "Environment") {
      return ask_environment(with_);
    }
    if (kind == "EcsContainer") {
      return ask_container(with_);
    }
    if (kind == "Ec2InstanceMetadata") {
      return ask_instance(with_);
    }
    return wrong(name,
                 "credential_source is one of Environment, EcsContainer and "
                 "Ec2InstanceMetadata, and not " +
                     in_quotes(kind));
  }

  const asking& with_;
  std::vector<std::string> seen_;
};

}  // namespace

provider_answer ask_environment(const asking& with) {
  const auto& variable = with.config.environment;
  const auto id = variable("AWS_ACCESS_KEY_ID");
  const auto key = variable("AWS_SECRET_ACCESS_KEY");
  if (!id && !key) {
    return answer{std::nullopt, "AWS_ACCESS_KEY_ID is not set"};
  }
  if (!id || !key) {
    return error{errc::usage, std::string{id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"} +
                                  " is set, but not " +
                                  (id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID")};
  }
  return answer{credentials{*id, secret{*key}, secret{variable("AWS_SESSION_TOKEN").value_or("")},
                            std::nullopt, "environment"}};
}

provider_answer ask_profile(const asking& with) {
  return profile_reader{with}.read(with.config.profile);
}

provider_answer ask_web_identity(const asking& with) {
  const auto& variable = with.config.environment;
  const auto file = variable("AWS_WEB_IDENTITY_TOKEN_FILE");
  const auto arn = variable("AWS_ROLE_ARN");
  if (!file) {
    return answer{std::nullopt, "AWS_WEB_IDENTITY_TOKEN_FILE is not set"};
  }
  if (!arn) {
    return error{errc::usage, "AWS_WEB_IDENTITY_TOKEN_FILE is set, but not AWS_ROLE_ARN"};
  }
  result<credentials> got = assume_role_by_token(
      with, {*arn, "", variable("AWS_ROLE_SESSION_NAME").value_or("trailbell")}, *file);
  if (!got) {
    return got.failure();
  }
  return answer{std::move(got.value())};
}

}  // namespace trailbell::aws
