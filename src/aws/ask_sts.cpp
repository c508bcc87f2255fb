#include <memory>
#include <utility>
#include <vector>

#include "aws/credential_providers.hpp"
#include "aws/digest.hpp"
#include "aws/json.hpp"
#include "aws/small_file.hpp"
#include "aws/xml.hpp"
#include "trailbell/aws/endpoint.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::aws {
namespace {

constexpr std::chrono::seconds request_timeout{10};

using form = std::vector<std::pair<std::string, std::string>>;

std::string encoded(const form& fields) {
  std::string out;
  for (const auto& [name, value] : fields) {
    out += (out.empty() ? "" : "&") + name + "=" + encode_percent(value, "");
  }
  return out;
}

result<std::string> endpoint_for(const asking& with, const char* id, const char* host,
                                 const std::string& region) {
  const std::string url = with.config.endpoint_url(id);
  return endpoint_of({host, region, url.empty() && with.config.fips(),
                      url.empty() && with.config.dual_stack(), url});
}

result<std::unique_ptr<service_client>> client_for(const asking& with, const std::string& endpoint,
                                                   const char* service, credentials_source* who) {
  service_options options;
  options.endpoint = endpoint;
  options.scope = {with.region, service};
  options.attempts_max = with.config.attempts_max();
  options.http = with.config.http();
  options.http.loaded_tls = with.tls;
  options.http.request_timeout = request_timeout;  // somebody waits for these to sign something
  options.log = with.log;
  options.now = with.now;
  return service_client::open(std::move(options), who);
}

result<credentials> ask_sts(const asking& with, const form& fields, const std::string& action,
                            credentials_source* who, const std::string& source) {
  const result<std::string> endpoint = endpoint_for(with, "sts", "sts", with.region);
  if (!endpoint) {
    return endpoint.failure();
  }
  auto client = client_for(with, endpoint.value(), "sts", who);
  if (!client) {
    return client.failure();
  }
  const auto got = client.value()->send(
      {.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}},
       .body = encoded(fields)});
  if (!got) {
    return error{errc::unreadable, got.failure().message};
  }
  const result<xml_element> answer = parse_xml(got.value().body);
  const xml_element* const found =
      answer ? answer.value().find(action + "Result/Credentials") : nullptr;
  const auto time = found == nullptr ? std::nullopt : parse_rfc3339(found->text_at("Expiration"));
  if (!time || found->text_at("AccessKeyId").empty() || found->text_at("SecretAccessKey").empty()) {
    return error{errc::unreadable, "sts: the answer to " + action + " holds no credentials"};
  }
  return credentials{found->text_at("AccessKeyId"), secret{found->text_at("SecretAccessKey")},
                     secret{found->text_at("SessionToken")},
                     unix_time{std::chrono::seconds{*time / 1'000'000'000}}, source};
}

form role_fields(const std::string& action, const role_wish& role) {
  return {{"Action", action},
          {"Version", "2011-06-15"},
          {"RoleArn", role.arn},
          {"RoleSessionName", role.session_name}};
}

std::string text_in(const config_section& section, const std::string& key) {
  const auto at = section.find(key);
  return at == section.end() ? std::string{} : at->second;
}

}  // namespace

result<credentials> assume_role(const asking& with, const credentials& by, const role_wish& role) {
  form fields = role_fields("AssumeRole", role);
  if (!role.external_id.empty()) {
    fields.emplace_back("ExternalId", role.external_id);
  }
  const auto who = fixed_credentials(by);
  result<credentials> got =
      ask_sts(with, fields, "AssumeRole", who.get(), "role " + role.arn + " by " + by.source);
  if (!got) {
    return error{got.failure().code, "the role " + role.arn + " cannot be assumed (with what " +
                                         by.source + " gave): " + got.failure().message};
  }
  return got;
}

result<credentials> assume_role_by_token(const asking& with, const role_wish& role,
                                         const std::string& token_file) {
  const result<std::string> token = read_token_file(token_file);  // Kubernetes renews it
  if (!token) {
    return token.failure();
  }
  form fields = role_fields("AssumeRoleWithWebIdentity", role);
  fields.emplace_back("WebIdentityToken", token.value());
  result<credentials> got = ask_sts(with, fields, "AssumeRoleWithWebIdentity", nullptr,
                                    "role " + role.arn + " by web identity");
  if (!got) {
    return error{got.failure().code, "the role " + role.arn +
                                         " cannot be assumed with the token in " + token_file +
                                         ": " + got.failure().message};
  }
  return got;
}

result<credentials> ask_identity_center(const asking& with, const config_section& profile) {
  config_section session = profile;
  const std::string name = text_in(profile, "sso_session");
  if (!name.empty()) {
    const auto at = with.config.shared.sso_sessions.find(name);
    if (at == with.config.shared.sso_sessions.end()) {
      return error{errc::usage, "there is no [sso-session " + name + "]"};
    }
    session = at->second;
  }
  const std::string start = text_in(session, "sso_start_url");
  const std::string region = text_in(session, "sso_region");
  const std::string account = text_in(profile, "sso_account_id");
  const std::string role = text_in(profile, "sso_role_name");
  if (start.empty() || region.empty() || account.empty() || role.empty()) {
    return error{errc::usage,
                 "sso_start_url, sso_region, sso_account_id and sso_role_name are all wanted"};
  }
  const std::string login = "run: aws sso login" + (name.empty() ? "" : " --sso-session " + name);
  const std::string path = with.config.environment("HOME").value_or("") + "/.aws/sso/cache/" +
                           hex_of(sha1(name.empty() ? start : name)) + ".json";
  const result<std::string> text = read_small_file(path);
  const result<json_tree> cached =
      text ? parse_json(text.value()) : result<json_tree>{text.failure()};
  if (!cached || !cached.value().root().is(json_kind::object)) {
    return error{errc::unreadable,
                 "there is no token of IAM Identity Center in " + path + "; " + login};
  }
  const std::string token = text_of(cached.value(), "accessToken");
  const auto expires = parse_rfc3339(text_of(cached.value(), "expiresAt"));
  if (token.empty() || !expires ||
      unix_time{std::chrono::seconds{*expires / 1'000'000'000}} <= with.now()) {
    return error{errc::unreadable, "the token of IAM Identity Center has expired; " + login};
  }
  const result<std::string> endpoint = endpoint_for(with, "sso", "portal.sso", region);
  if (!endpoint) {
    return endpoint.failure();
  }
  auto client = client_for(with, endpoint.value(), "sso", nullptr);
  if (!client) {
    return client.failure();
  }
  const auto got = client.value()->send(
      {.method = "GET",
       .target = "/federation/credentials?account_id=" + encode_percent(account, "") +
                 "&role_name=" + encode_percent(role, ""),
       .headers = {{"x-amz-sso_bearer_token", token}}});
  if (!got) {
    return error{errc::unreadable,
                 got.failure().message + (got.failure().status == 401 ? "; " + login : "")};
  }
  const result<json_tree> tree = parse_json(got.value().body);
  const auto keys = tree ? tree.value().root().find("roleCredentials") : std::nullopt;
  const std::string milliseconds = keys ? text_of(*keys, "expiration") : "";
  if (!keys || text_of(*keys, "accessKeyId").empty() || milliseconds.size() < 4 ||
      milliseconds.size() > 18 ||
      milliseconds.find_first_not_of("0123456789") != milliseconds.npos) {
    return error{errc::unreadable, "sso: the answer to GetRoleCredentials holds no credentials"};
  }
  return credentials{text_of(*keys, "accessKeyId"), secret{text_of(*keys, "secretAccessKey")},
                     secret{text_of(*keys, "sessionToken")},
                     unix_time{std::chrono::seconds{std::stoll(milliseconds) / 1000}},
                     "IAM Identity Center"};
}

}  // namespace trailbell::aws
