#include "detect/sigma_network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace trailbell::detect {
namespace {

constexpr std::size_t mapped_bits = 96;

bool is_ipv4(std::string_view text) noexcept {
  return text.find(':') == std::string_view::npos;
}

// The address with all but its first `bits` bits zero.
ip_address masked(ip_address address, std::size_t bits) noexcept {
  for (std::size_t i = 0; i < address.size(); ++i) {
    const std::size_t kept = std::clamp<std::size_t>(bits, 8 * i, 8 * i + 8) - 8 * i;
    address[i] = static_cast<unsigned char>(address[i] & (0xff00U >> kept));
  }
  return address;
}

std::string to_text(const ip_address& address, bool ipv4) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(ipv4 ? AF_INET : AF_INET6, address.data() + (ipv4 ? mapped_bits / 8 : 0), text.data(),
              text.size());
  return text.data();
}

}  // namespace

std::optional<ip_address> read_ip_address(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> copy{};  // ends with a zero byte
  if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  std::copy(text.begin(), text.end(), copy.begin());
  ip_address address{};
  if (!is_ipv4(text)) {
    return ::inet_pton(AF_INET6, copy.data(), address.data()) == 1 ? std::optional{address}
                                                                   : std::nullopt;
  }
  address[10] = address[11] = 0xff;
  return ::inet_pton(AF_INET, copy.data(), address.data() + mapped_bits / 8) == 1
             ? std::optional{address}
             : std::nullopt;
}

result<ip_network, std::string> ip_network::parse(std::string_view text) {
  const std::size_t slash = std::min(text.find('/'), text.size());
  const std::string_view host = text.substr(0, slash);
  const std::string_view length = text.substr(std::min(slash + 1, text.size()));
  const std::optional<ip_address> address = read_ip_address(host);
  const bool ipv4 = is_ipv4(host);
  const std::size_t most = ipv4 ? 32 : 128;
  std::size_t bits = most;
  const auto [end, failure] = std::from_chars(length.data(), length.data() + length.size(), bits);
  const bool sound = slash == text.size() || (failure == std::errc{} &&
                                              end == length.data() + length.size() && bits <= most);
  if (!address || !sound) {
    return "'" + std::string{text} + "' is no network in CIDR notation";
  }
  ip_network network;
  network.bits_ = bits + (ipv4 ? mapped_bits : 0);
  network.first_ = masked(*address, network.bits_);
  if (network.first_ != *address) {
    return "'" + std::string{text} + "' is no network: its first address is " +
           to_text(network.first_, ipv4);
  }
  return network;
}

bool ip_network::contains(const ip_address& address) const noexcept {
  return masked(address, bits_) == first_;
}

}  // namespace trailbell::detect
