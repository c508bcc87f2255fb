// A request to be signed: how, a target, headers one a line, an empty line, a body. Who signs the
// same signs alike, in whatever order it stands; who changes what is signed does not.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/require.hpp"
#include "trailbell/aws/sigv4.hpp"
#include "trailbell/base/text.hpp"

using namespace trailbell;
using test::require;

namespace {

constexpr aws::unix_time now{std::chrono::seconds{1440938160}};
constexpr const char* never_shown = "never-to-be-seen-in-a-request";
constexpr std::size_t digits = 64;  // of a signature

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// Of an Authorization, or of a query.
std::string signature_in(const std::string& text) {
  const std::size_t at = text.rfind("Signature=");
  require(at != std::string::npos, "no signature");
  const std::string found = text.substr(at + std::string_view{"Signature="}.size());
  require(found.size() == digits &&
              std::all_of(found.begin(), found.end(),
                          [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); }),
          "a signature is 64 digits");
  return found;
}

std::string in_headers(const aws::signable& request, const aws::credentials& who,
                       const aws::signing_scope& scope) {
  const std::vector<aws::http_header> added = aws::sign_headers(request, who, scope, now);
  require(added.back().name == "Authorization", "the last header is the signature");
  for (const aws::http_header& each : added) {
    require(each.value.find(who.secret_access_key.reveal()) == std::string::npos, "a secret shows");
  }
  const std::string& value = added.back().value;
  require(value.starts_with("AWS4-HMAC-SHA256 Credential=AKID/20150830/r/s/aws4_request, "),
          "who signs, and for what");
  return signature_in(value);
}

std::string in_query(const aws::signable& request, const aws::credentials& who,
                     const aws::signing_scope& scope) {
  const std::string target = aws::presign(request, who, scope, now, std::chrono::seconds{60});
  require(target.starts_with(request.target.substr(0, request.target.find('?')) + "?"),
          "the path stays as it is");
  require(target.find(who.secret_access_key.reveal()) == std::string::npos, "a secret shows");
  return signature_in(target);
}

// With the query's parameters from the last to the first.
std::string turned(const std::string& target) {
  const std::size_t mark = target.find('?');
  std::string out;
  std::string_view query = std::string_view{target}.substr(std::min(mark, target.size()));
  while (!query.empty()) {
    query.remove_prefix(1);
    const std::string_view one = query.substr(0, query.find('&'));
    out = std::string{one} + (out.empty() ? "" : "&") + out;
    query.remove_prefix(one.size());
  }
  return target.substr(0, mark) + (mark == std::string::npos ? "" : "?") + out;
}

// Of a header that stands twice the order of the values counts.
bool each_stands_once(const std::vector<aws::http_header>& headers) {
  std::set<std::string> names;
  return std::all_of(headers.begin(), headers.end(), [&](const aws::http_header& each) {
    return names.insert(fold_ascii(each.name)).second;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text{reinterpret_cast<const char*>(data), size};
  if (fold_ascii(text).find(never_shown) != std::string::npos) {  // names are signed in lower case
    return 0;
  }
  const std::string_view how = take_line(text);
  const auto says = [how](char letter) { return how.find(letter) != std::string_view::npos; };
  aws::signing_scope scope{"r", "s"};
  scope.path = says('p') ? aws::path_form::as_sent : aws::path_form::encoded_again;
  scope.body = says('b')   ? aws::body_hash::stated
               : says('u') ? aws::body_hash::unsigned_
                           : aws::body_hash::none_stated;
  aws::credentials who{"AKID", secret{never_shown}, {}, {}, {}};
  who.session_token = secret{says('t') ? "token/+=" : ""};

  aws::signable request;
  request.host = "example.amazonaws.com";
  request.target = "/" + std::string{take_line(text)};
  for (std::string_view line = take_line(text); !line.empty(); line = take_line(text)) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view value = line.substr(std::min(colon + 1, line.size()));
    request.headers.push_back({std::string{line.substr(0, colon)}, std::string{value}});
  }
  request.body = text;
  for (const auto sign : {in_headers, in_query}) {
    const std::string signature = sign(request, who, scope);
    aws::signable same = request;
    same.target = turned(request.target);
    if (each_stands_once(request.headers)) {
      std::reverse(same.headers.begin(), same.headers.end());
    }
    require(sign(same, who, scope) == signature, "the order changes the signature");
    aws::signable other = request;
    other.headers.push_back({"X-Fuzz-Of-Its-Own", "1"});
    require(sign(other, who, scope) != signature, "a header more does not");
    other = request;
    const std::string more = std::string{request.body} + "x";
    other.body = more;
    require((sign(other, who, scope) == signature) == (scope.body == aws::body_hash::unsigned_),
            "a body counts where it is signed");
  }
  return 0;
}
