#include "trailbell/aws/sigv4.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "aws/digest.hpp"
#include "trailbell/aws/url.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::aws {
namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view unsigned_body = "UNSIGNED-PAYLOAD";

using parameters = std::vector<std::pair<std::string, std::string>>;  // encoded

// A name stands once, its values in the order in which they came.
using header_map = std::map<std::string, std::string>;

// What proxies and clients change on the way.
bool is_signed(const std::string& name) {
  constexpr std::array<std::string_view, 6> left_out{
      "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
  };
  return std::find(left_out.begin(), left_out.end(), name) == left_out.end();
}

// Blanks around it cut, those within folded into one.
std::string folded(std::string_view value) {
  std::string out;
  for (const char c : trimmed(value, " \t\r\n")) {
    const bool blank = is_white(c);
    if (!blank || out.back() != ' ') {
      out.push_back(blank ? ' ' : c);
    }
  }
  return out;
}

header_map canonical(const signable& request) {
  header_map out{{"host", request.host}};
  for (const http_header& each : request.headers) {
    const std::string name = fold_ascii(each.name);
    if (!is_signed(name)) {
      continue;
    }
    const auto [at, first] = out.try_emplace(name, folded(each.value));
    if (!first) {
      at->second += "," + folded(each.value);
    }
  }
  return out;
}

std::string names_of(const header_map& headers) {
  std::string out;
  for (const auto& [name, value] : headers) {
    out += (out.empty() ? "" : ";") + name;
  }
  return out;
}

std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool folder = true;  // it ends in one
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(slash == path.npos ? path.size() : slash + 1);
    folder = slash != path.npos || segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) {
      kept.pop_back();
    } else if (!segment.empty() && segment != "." && segment != "..") {
      kept.push_back(segment);
    }
  }
  std::string out;
  for (const std::string_view segment : kept) {
    out.append("/").append(segment);
  }
  return out + (folder || kept.empty() ? "/" : "");
}

std::string canonical_path(std::string_view path, path_form form) {
  return form == path_form::as_sent ? std::string{path} : encode_percent(without_dots(path), "/");
}

parameters parameters_of(std::string_view query) {
  parameters out;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view one = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (!one.empty()) {
      const std::size_t equal = std::min(one.find('='), one.size());
      out.emplace_back(
          encode_percent(decode_percent(one.substr(0, equal)), ""),
          encode_percent(decode_percent(one.substr(std::min(equal + 1, one.size()))), ""));
    }
  }
  return out;
}

std::string canonical_query(parameters all) {
  std::sort(all.begin(), all.end());
  std::string out;
  for (const auto& [name, value] : all) {
    out.append(out.empty() ? "" : "&").append(name).append("=").append(value);
  }
  return out;
}

std::string scope_text(const signing_scope& scope, unix_time now) {
  return basic_time(now).substr(0, 8) + "/" + scope.region + "/" + scope.service + "/aws4_request";
}

struct canonical_parts {
  std::string path, query, hash;
};

// Good for a day: the last is kept, known by a digest of what it was derived from.
const std::string& signing_key(const credentials& who, const signing_scope& scope,
                               const std::string& day) {
  struct derived {
    std::string from, key;
  };
  thread_local derived last;
  std::string from = sha256(who.secret_access_key.reveal() + "\n" + day + "\n" + scope.region +
                            "\n" + scope.service);
  if (last.from != from) {
    std::string key = "AWS4" + who.secret_access_key.reveal();
    for (const std::string& step :
         {day, scope.region, scope.service, std::string{"aws4_request"}}) {
      key = hmac_sha256(key, step);
    }
    last = {std::move(from), std::move(key)};
  }
  return last.key;
}

std::string signature_of(const signable& request, const canonical_parts& parts,
                         const header_map& headers, const credentials& who,
                         const signing_scope& scope, unix_time now) {
  std::string text = request.method + "\n" + parts.path + "\n" + parts.query + "\n";
  for (const auto& [name, value] : headers) {
    text.append(name).append(":").append(value).append("\n");
  }
  text += "\n" + names_of(headers) + "\n" + parts.hash;
  const std::string to_sign = std::string{algorithm} + "\n" + basic_time(now) + "\n" +
                              scope_text(scope, now) + "\n" + hex_of(sha256(text));
  return hex_of(hmac_sha256(signing_key(who, scope, basic_time(now).substr(0, 8)), to_sign));
}

struct target_parts {
  std::string_view path, query;
};
target_parts taken_apart(std::string_view target) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  return {target.substr(0, mark), target.substr(std::min(mark + 1, target.size()))};
}

}  // namespace

std::string basic_time(unix_time time) {
  // "2015-08-30T12:36:00.000Z" without its marks and its fraction
  std::string text = format_rfc3339(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
  text.erase(std::min(text.find('.'), text.size() - 1));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text + "Z";
}

std::vector<http_header> sign_headers(const signable& request, const credentials& who,
                                      const signing_scope& scope, unix_time now) {
  const std::string hash = scope.body == body_hash::unsigned_ ? std::string{unsigned_body}
                                                              : hex_of(sha256(request.body));
  std::vector<http_header> added{{"X-Amz-Date", basic_time(now)}};
  if (!who.session_token.empty()) {
    added.push_back({"X-Amz-Security-Token", who.session_token.reveal()});
  }
  if (scope.body != body_hash::none_stated) {
    added.push_back({"X-Amz-Content-Sha256", hash});
  }
  signable whole = request;
  whole.headers.insert(whole.headers.end(), added.begin(), added.end());
  const header_map headers = canonical(whole);
  const target_parts target = taken_apart(request.target);
  const std::string signature = signature_of(
      request,
      {canonical_path(target.path, scope.path), canonical_query(parameters_of(target.query)), hash},
      headers, who, scope, now);
  added.push_back({"Authorization", std::string{algorithm} + " Credential=" + who.access_key_id +
                                        "/" + scope_text(scope, now) + ", SignedHeaders=" +
                                        names_of(headers) + ", Signature=" + signature});
  return added;
}

std::string presign(const signable& request, const credentials& who, const signing_scope& scope,
                    unix_time now, std::chrono::seconds expires) {
  const target_parts target = taken_apart(request.target);
  const header_map headers = canonical(request);
  parameters all = parameters_of(target.query);
  all.emplace_back("X-Amz-Algorithm", algorithm);
  all.emplace_back("X-Amz-Credential",
                   encode_percent(who.access_key_id + "/" + scope_text(scope, now), ""));
  all.emplace_back("X-Amz-Date", basic_time(now));
  all.emplace_back("X-Amz-Expires", std::to_string(expires.count()));
  if (!who.session_token.empty()) {
    all.emplace_back("X-Amz-Security-Token", encode_percent(who.session_token.reveal(), ""));
  }
  all.emplace_back("X-Amz-SignedHeaders", encode_percent(names_of(headers), ""));
  const std::string query = canonical_query(std::move(all));
  const std::string hash = scope.body == body_hash::unsigned_ ? std::string{unsigned_body}
                                                              : hex_of(sha256(request.body));
  return std::string{target.path} + "?" + query + "&X-Amz-Signature=" +
         signature_of(request, {canonical_path(target.path, scope.path), query, hash}, headers, who,
                      scope, now);
}

result<done> sign(http_request& request, const credentials& who, const signing_scope& scope,
                  unix_time now) {
  const result<url> address = parse_url(request.url);
  if (!address) {
    return address.failure();
  }
  const std::vector<http_header> added =
      sign_headers({request.method, host_header_of(address.value()), address.value().target,
                    request.headers, request.body},
                   who, scope, now);
  request.headers.insert(request.headers.end(), added.begin(), added.end());
  return done{};
}

}  // namespace trailbell::aws
