#include "app/http_text.hpp"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

// Metrics are text that repeats itself: this level takes a tenth of the time of the best one.
constexpr int gzip_level = 4;

// Takes what stands before the first `separator`, and the separator, off the text.
std::string_view take_until(std::string_view& text, char separator) noexcept {
  const std::size_t at = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return trimmed(taken, " \t");
}

// `;q=0`, `; q=0.000`
bool refused_by_weight(std::string_view parameters) noexcept {
  while (!parameters.empty()) {
    std::string_view value = take_until(parameters, ';');
    if (equal_folded(take_until(value, '='), "q")) {
      return !value.empty() && value.find_first_not_of("0.") == std::string_view::npos;
    }
  }
  return false;
}

error bad_address(std::string_view text, std::string_view why) {
  return {errc::usage, fmt::format("'{}' is no address to listen on: {}; write host:port, as in "
                                   "0.0.0.0:9464 or [::1]:9464",
                                   text, why)};
}

}  // namespace

result<listen_address> parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return bad_address(text, "it has no port");
  }
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  listen_address address;
  const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (port.empty() || fault != std::errc{} || end != port.data() + port.size()) {
    return bad_address(text, "the port is no number from 0 to 65535");
  }
  if (host.starts_with('[') != host.ends_with(']')) {
    return bad_address(text, "a bracket is missing");
  }
  if (host.starts_with('[')) {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos) {
      return bad_address(text, "only an IPv6 address stands in brackets");
    }
  } else if (host.find(':') != std::string_view::npos) {
    return bad_address(text, "an IPv6 address stands in brackets");
  }
  address.host = host;
  return address;
}

bool accepts_gzip(std::string_view accept_encoding) noexcept {
  bool any = false;
  while (!accept_encoding.empty()) {
    std::string_view coding = take_until(accept_encoding, ',');
    const std::string_view name = take_until(coding, ';');
    if (equal_folded(name, "gzip") || equal_folded(name, "x-gzip")) {
      return !refused_by_weight(coding);
    }
    any = any || (name == "*" && !refused_by_weight(coding));
  }
  return any;
}

std::string_view path_of(std::string_view target) noexcept {
  if (const std::size_t scheme = target.find("://");
      !target.starts_with('/') && scheme != std::string_view::npos) {
    const std::size_t path = target.find_first_of("/?", scheme + 3);
    target = path == std::string_view::npos || target[path] == '?' ? "/" : target.substr(path);
  }
  return target.substr(0, target.find('?'));
}

std::string http_date(std::time_t time) {
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

std::string gzipped(std::string_view text) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor{
      libdeflate_alloc_compressor(gzip_level), &libdeflate_free_compressor};
  if (compressor == nullptr) {
    return {};
  }
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), text.size()), '\0');
  out.resize(
      libdeflate_gzip_compress(compressor.get(), text.data(), text.size(), out.data(), out.size()));
  return out;
}

}  // namespace trailbell::app
