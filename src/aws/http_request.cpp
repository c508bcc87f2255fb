#include "aws/http_request.hpp"

#include <algorithm>

#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c > 0x20 && c < 0x7f &&
           std::string_view{"\"(),/:;<=>?@[\\]{}"}.find(c) == std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) || c == '\t';
  });
}

}  // namespace

std::optional<std::string_view> http_response::header(std::string_view name) const {
  for (const http_header& each : headers) {
    if (equal_folded(each.name, fold_ascii(name))) {
      return each.value;
    }
  }
  return std::nullopt;
}

std::optional<std::string> flaw_of(const http_request& request) {
  if (!is_token(request.method)) {
    return "a method that is none";
  }
  for (const http_header& header : request.headers) {
    if (!is_token(header.name)) {
      return "a header whose name is empty or has characters that no name may have";
    }
    if (!is_field_value(header.value)) {
      return "the value of the header " + header.name + " has a control character";
    }
    for (const std::string_view ours :
         {"host", "content-length", "connection", "transfer-encoding"}) {
      if (equal_folded(header.name, ours)) {
        return "the header " + header.name + " is not for the caller to set";
      }
    }
  }
  return std::nullopt;
}

std::string bytes_of(const http_request& request, const url& address) {
  std::string out = request.method + " " + address.target +
                    " HTTP/1.1\r\nHost: " + host_header_of(address) + "\r\n";
  bool names_agent = false;
  for (const http_header& header : request.headers) {
    out += header.name + ": " + header.value + "\r\n";
    names_agent = names_agent || equal_folded(header.name, "user-agent");
  }
  if (!names_agent) {
    out += "User-Agent: trailbell\r\n";
  }
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    out += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return out + "\r\n" + request.body;
}

std::string tunnel_bytes(const url& address, const url& proxy) {
  const std::string target = to_string(address.peer);
  std::string out = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n";
  if (!proxy.user_info.empty()) {
    out += "Proxy-Authorization: Basic " + in_base64(decode_percent(proxy.user_info)) + "\r\n";
  }
  return out + "\r\n";
}

}  // namespace trailbell::aws
