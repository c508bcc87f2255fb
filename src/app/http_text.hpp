// What the HTTP server reads out of text. Pure.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::app {

struct listen_address {
  std::string host;  // empty: every address
  std::uint16_t port = 0;
};

// `host:port`, `[::1]:port`, `:port`.
[[nodiscard]] result<listen_address> parse_listen_address(std::string_view text);

// Does this Accept-Encoding allow gzip (RFC 9110 section 12.5.3)?
[[nodiscard]] bool accepts_gzip(std::string_view accept_encoding) noexcept;

// The path of a request target: without query; of an absolute one, without scheme and host.
[[nodiscard]] std::string_view path_of(std::string_view target) noexcept;

// `Wed, 04 Mar 2026 05:06:07 GMT` (RFC 9110 section 5.6.7).
[[nodiscard]] std::string http_date(std::time_t time);

// As one gzip member; empty where the memory for it is lacking.
[[nodiscard]] std::string gzipped(std::string_view text);

}  // namespace trailbell::app
