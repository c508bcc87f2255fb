#include "trailbell/aws/settings.hpp"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "aws/small_file.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

std::string path_of(const variables& environment, const char* variable, const char* in_home) {
  if (const auto named = environment(variable)) {
    return *named;
  }
  const auto home = environment("HOME");
  return home ? *home + in_home : std::string{};
}

result<done> read_into(const std::string& path, config_file kind, shared_config& into) {
  if (path.empty()) {
    return done{};
  }
  const result<std::string> text = read_small_file(path);
  if (!text) {
    return text.failure().code == errc::not_found ? result<done>{done{}}
                                                  : result<done>{text.failure()};
  }
  return read_shared_file(text.value(), kind, path, into);
}

std::string upper(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out.push_back(c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == '-' ? '_' : c);
  }
  return out;
}

bool is_true(const std::optional<std::string>& text) {
  return text && equal_folded(*text, "true");
}

}  // namespace

variables process_variables() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') {
      return std::nullopt;
    }
    return value;
  };
}

std::optional<std::string> settings::find(const std::string& variable,
                                          const std::string& key) const {
  if (!variable.empty()) {
    if (auto value = environment(variable)) {
      return value;
    }
  }
  const auto at = shared.profiles.find(profile);
  if (at == shared.profiles.end()) {
    return std::nullopt;
  }
  const auto value = at->second.find(key);
  return value == at->second.end() || value->second.empty() ? std::nullopt
                                                            : std::optional{value->second};
}

std::string settings::region() const {
  if (auto named = environment("AWS_REGION")) {
    return *named;
  }
  return find("AWS_DEFAULT_REGION", "region").value_or("");
}

std::string settings::endpoint_url(std::string_view id) const {
  if (is_true(find("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"))) {
    return {};
  }
  for (const std::string& variable :
       {"AWS_ENDPOINT_URL_" + upper(id), std::string{"AWS_ENDPOINT_URL"}}) {
    if (auto value = environment(variable)) {
      return *value;
    }
  }
  const auto services = shared.services.find(find("", "services").value_or(""));
  if (services != shared.services.end()) {
    std::string key{id};
    std::replace(key.begin(), key.end(), '-', '_');
    const auto value = services->second.find(key + ".endpoint_url");
    if (value != services->second.end()) {
      return value->second;
    }
  }
  return find("", "endpoint_url").value_or("");
}

bool settings::fips() const {
  return is_true(find("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"));
}

bool settings::dual_stack() const {
  return is_true(find("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"));
}

int settings::attempts_max() const {
  const std::string text = find("AWS_MAX_ATTEMPTS", "max_attempts").value_or("");
  int attempts = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), attempts);
  return failure == std::errc{} && end == text.data() + text.size() && attempts >= 1 ? attempts : 3;
}

http_options settings::http() const {
  http_options out;
  out.tls.ca_file = find("AWS_CA_BUNDLE", "ca_bundle").value_or("");
  const auto either = [this](const char* upper_case, const char* lower_case) {
    const auto value = environment(upper_case);
    return value ? *value : environment(lower_case).value_or("");
  };
  out.https_proxy = either("HTTPS_PROXY", "https_proxy");
  out.no_proxy = either("NO_PROXY", "no_proxy");
  return out;
}

result<settings> load_settings(const variables& environment, const std::string& profile) {
  settings out;
  out.environment = environment;
  const std::string config = path_of(environment, "AWS_CONFIG_FILE", "/.aws/config");
  const std::string keys = path_of(environment, "AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials");
  for (const auto& [path, kind] :
       {std::pair{config, config_file::config}, std::pair{keys, config_file::credentials}}) {
    if (const result<done> was_read = read_into(path, kind, out.shared); !was_read) {
      return was_read.failure();
    }
  }
  const auto named = environment("AWS_PROFILE");
  out.profile_is_named = !profile.empty() || named.has_value();
  out.profile = !profile.empty() ? profile : named.value_or("default");
  if (out.profile_is_named && !out.shared.profiles.contains(out.profile)) {
    return error{errc::usage, "the AWS profile " + in_quotes(out.profile) + " is neither in " +
                                  config + " nor in " + keys};
  }
  return out;
}

}  // namespace trailbell::aws
