// url: the parts of an http or https URL. Pure. Source: RFC 3986.
#pragma once

#include <string>
#include <string_view>

#include "trailbell/aws/byte_connection.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::aws {

struct url {
  bool secure = false;  // https
  peer_address peer;    // the host in lower case; the port that is written, 80 or 443
  bool port_is_default = true;
  std::string user_info;  // as it is written; empty: none
  std::string target;     // path and query, at least "/"
};

// Errors say what is wrong and show nothing of the text but its host.
[[nodiscard]] result<url> parse_url(std::string_view text);

// "https://host", with the port where it is not the usual one: what a message may name of a URL
// whose path may be a secret.
[[nodiscard]] std::string origin_of(const url& address);

// The Host header: "host", with the port where it is not the usual one.
[[nodiscard]] std::string host_header_of(const url& address);

// Each %xx as its byte; what is no such thing stays as it is.
[[nodiscard]] std::string decode_percent(std::string_view text);
// Every byte as %xx but letters, digits, - . _ ~ and those of `kept`.
[[nodiscard]] std::string encode_percent(std::string_view text, std::string_view kept);

// Whether requests to the host go without a proxy by a NO_PROXY list: "*", or, between commas, a
// host, which stands for its subdomains too (a leading dot is the same), each with a port or not.
[[nodiscard]] bool bypasses_proxy(const peer_address& peer, std::string_view no_proxy);

}  // namespace trailbell::aws
