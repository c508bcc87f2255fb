// settings: what the environment and AWS's shared files say about AWS.
//
// ~/.aws/config and ~/.aws/credentials, or AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE; a file
// that is not there is empty. Source: AWS SDKs and Tools Reference Guide, "Shared config and
// credentials files", "Service-specific endpoints".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "trailbell/aws/http_client.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::aws {

// A variable of the environment; one that is empty is as good as none.
using variables = std::function<std::optional<std::string>(const std::string& name)>;
[[nodiscard]] variables process_variables();

// Names in lower case. Of a key that has keys of its own ("s3 =" and indented lines): "s3.key".
using config_section = std::map<std::string, std::string>;

struct shared_config {
  std::map<std::string, config_section> profiles;      // of both files; credentials win
  std::map<std::string, config_section> sso_sessions;  // [sso-session NAME]
  std::map<std::string, config_section> services;      // [services NAME]
};

enum class config_file : std::uint8_t { config, credentials };

// Reads a file's text into it. `path` is for messages. Errors: usage, with path and line; they show
// no value.
[[nodiscard]] result<done> read_shared_file(std::string_view text, config_file kind,
                                            const std::string& path, shared_config& into);

struct settings {
  variables environment;
  shared_config shared;
  std::string profile;            // the chosen one, "default" where nothing else is said
  bool profile_is_named = false;  // by the caller or AWS_PROFILE

  // AWS_REGION, AWS_DEFAULT_REGION, the profile; empty: nobody says.
  [[nodiscard]] std::string region() const;
  // AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's services, its endpoint_url; empty:
  // AWS's own. `id`: "sts", "sqs", "s3", "sso".
  [[nodiscard]] std::string endpoint_url(std::string_view id) const;
  [[nodiscard]] bool fips() const;         // AWS_USE_FIPS_ENDPOINT, use_fips_endpoint
  [[nodiscard]] bool dual_stack() const;   // AWS_USE_DUALSTACK_ENDPOINT, ...
  [[nodiscard]] int attempts_max() const;  // AWS_MAX_ATTEMPTS, max_attempts; 3
  // Proxy (HTTPS_PROXY, NO_PROXY) and authorities (AWS_CA_BUNDLE, ca_bundle).
  [[nodiscard]] http_options http() const;

  // The variable, else the profile's key; nothing: neither.
  [[nodiscard]] std::optional<std::string> find(const std::string& variable,
                                                const std::string& key) const;
};

// `profile`: empty: AWS_PROFILE, else "default". Errors: a file that cannot be read or is wrong; a
// profile that was named and is not there.
[[nodiscard]] result<settings> load_settings(const variables& environment,
                                             const std::string& profile = {});

}  // namespace trailbell::aws
