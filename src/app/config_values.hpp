// Lengths of time, sizes and addresses as a configuration writes them. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace trailbell::app {

// `500ms`, `30s`, `15m`, `2h`, `1d`: a whole number and a unit, at most ten years of 365 days.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
// In the largest unit that divides it.
[[nodiscard]] std::string duration_text(std::chrono::milliseconds duration);

// `4096`, `10MB`, `256MiB`, `1 GiB`: k, M, G, T by 1000, Ki, Mi, Gi, Ti by 1024.
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);
// In the largest unit of 1024 that divides it.
[[nodiscard]] std::string size_text(std::uint64_t bytes);

// A whole number in decimal digits.
[[nodiscard]] std::optional<std::int64_t> parse_whole(std::string_view text);

// `host:port`, `[::1]:port`. A host is a name or an IPv4 address; in brackets an IPv6 address.
struct host_port {
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const host_port&) const = default;
};
[[nodiscard]] std::optional<host_port> parse_host_port(std::string_view text);

// The number of a syslog facility (RFC 5424 section 6.2.1), and their names in its order.
[[nodiscard]] std::optional<int> parse_facility(std::string_view name);
[[nodiscard]] std::span<const std::string_view> syslog_facilities() noexcept;

// `k1:9092, k2`: sorted, in lower case, the port 9092 where there is none. Nothing where one of
// them is no address.
[[nodiscard]] std::optional<std::vector<std::string>> parse_brokers(std::string_view text);

// An http:// or https:// URL by its parts; nothing where it is none.
struct url_parts {
  std::string_view scheme;     // "https"
  std::string_view user_info;  // "user:password"; empty: none
  std::string_view authority;  // "host:8088"
  std::string_view path;       // with its slash
  std::string_view query;      // without its question mark
};
[[nodiscard]] std::optional<url_parts> parse_url(std::string_view text);

}  // namespace trailbell::app
