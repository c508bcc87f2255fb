// Ranges of IP addresses in CIDR notation: `10.0.0.0/8`, `2001:db8::/32`.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::detect {

// An address in the form of IPv6: one of IPv4 is mapped, ::ffff:a.b.c.d.
using ip_address = std::array<unsigned char, 16>;

[[nodiscard]] std::optional<ip_address> read_ip_address(std::string_view text) noexcept;

class ip_network {
 public:
  // An address without `/` is a network of one. Refused, with the reason: a host part that is not
  // 0.
  [[nodiscard]] static result<ip_network, std::string> parse(std::string_view text);

  [[nodiscard]] bool contains(const ip_address& address) const noexcept;

 private:
  ip_address first_{};
  std::size_t bits_ = 0;  // that are fixed, of 128
};

}  // namespace trailbell::detect
