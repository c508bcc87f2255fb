#include "trailbell/aws/url.hpp"

#include <algorithm>
#include <charconv>

#include "trailbell/base/text.hpp"

namespace trailbell::aws {
namespace {

error wrong(const std::string& what) {
  return {errc::usage, "a URL that is none: " + what};
}

// Letters, digits and what else names and addresses are made of; what is left out could only
// serve to smuggle.
bool is_host(std::string_view host, bool bracketed) {
  return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [&](char c) {
    return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_' ||
           (bracketed && (c == ':' || c == '%'));
  });
}

bool parse_port(std::string_view text, std::uint16_t& port) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  return failure == std::errc{} && end == text.data() + text.size() && port != 0;
}

// host, host:port, [v6], [v6]:port
result<done> parse_peer(std::string_view text, url& into) {
  const bool bracketed = text.starts_with('[');
  const std::size_t host_end = bracketed ? text.find(']') : text.find(':');
  const std::string host = fold_ascii(
      text.substr(bracketed ? 1 : 0, bracketed && host_end != text.npos ? host_end - 1 : host_end));
  if (!is_host(host, bracketed) || (bracketed && host_end == text.npos)) {
    return wrong("it names no host");
  }
  into.peer.host = host;
  std::string_view rest = host_end == text.npos ? "" : text.substr(host_end + (bracketed ? 1 : 0));
  into.port_is_default = rest.empty();
  if (!rest.empty() && (!rest.starts_with(':') || !parse_port(rest.substr(1), into.peer.port))) {
    return wrong("the port of " + host + " is none from 1 to 65535");
  }
  return done{};
}

}  // namespace

result<url> parse_url(std::string_view text) {
  url out;
  const std::size_t colon = text.find("://");
  const std::string scheme = fold_ascii(text.substr(0, colon == text.npos ? 0 : colon));
  if (scheme != "http" && scheme != "https") {
    return wrong("it does not begin with http:// or https://");
  }
  out.secure = scheme == "https";
  out.peer.port = out.secure ? 443 : 80;
  text.remove_prefix(colon + 3);
  if (std::any_of(text.begin(), text.end(), [](char c) { return c <= 0x20 || c >= 0x7f; })) {
    return wrong("it has blanks, control characters or letters beyond ASCII; write them as %xx");
  }
  const std::size_t path = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, path);
  if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
    out.user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  if (const result<done> peer = parse_peer(authority, out); !peer) {
    return peer.failure();
  }
  text.remove_prefix(path);
  out.target = text.starts_with('/') ? "" : "/";
  out.target += text.substr(0, text.find('#'));
  if (out.peer.port == (out.secure ? 443 : 80)) {
    out.port_is_default = true;
  }
  return out;
}

std::string origin_of(const url& address) {
  const std::string host = to_string(address.peer);
  const std::size_t shown = address.port_is_default ? host.rfind(':') : host.size();
  return (address.secure ? "https://" : "http://") + host.substr(0, shown);
}

std::string host_header_of(const url& address) {
  const std::string origin = origin_of(address);
  return origin.substr(origin.find("//") + 2);
}

std::string decode_percent(std::string_view text) {
  const auto digit = [](char c) {
    const std::string_view digits = "0123456789abcdefABCDEF";
    const std::size_t at = digits.find(c);
    return at == digits.npos ? -1 : static_cast<int>(at > 15 ? at - 6 : at);
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
        digit(text[i + 2]) >= 0) {
      out.push_back(static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])));
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string encode_percent(std::string_view text, std::string_view kept) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if (is_letter_or_digit(c) || std::string_view{"-._~"}.find(c) != std::string_view::npos ||
        kept.find(c) != std::string_view::npos) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.append({'%', digits[byte >> 4U], digits[byte & 0xfU]});
    }
  }
  return out;
}

bool bypasses_proxy(const peer_address& peer, std::string_view no_proxy) {
  while (!no_proxy.empty()) {
    const std::size_t comma = std::min(no_proxy.find(','), no_proxy.size());
    std::string entry = fold_ascii(no_proxy.substr(0, comma));
    no_proxy.remove_prefix(std::min(comma + 1, no_proxy.size()));
    std::erase(entry, ' ');
    url parsed;
    parsed.peer.port = peer.port;
    const std::size_t dots = std::min(entry.find_first_not_of("*."), entry.size());
    if (entry == "*") {
      return true;
    }
    if (!parse_peer(std::string_view{entry}.substr(dots), parsed) ||
        parsed.peer.port != peer.port) {
      continue;
    }
    const std::string& host = parsed.peer.host;
    if (peer.host == host || peer.host.ends_with("." + host)) {
      return true;
    }
  }
  return false;
}

std::string to_string(const peer_address& peer) {
  const bool v6 = peer.host.find(':') != std::string::npos;
  return (v6 ? "[" + peer.host + "]" : peer.host) + ":" + std::to_string(peer.port);
}

}  // namespace trailbell::aws
