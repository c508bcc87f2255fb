#include "app/config_values.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<unit, 5> times{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
constexpr std::uint64_t time_ms_max = 3650 * std::uint64_t{86'400'000};

constexpr std::array<unit, 10> sizes{{{"", 1},
                                      {"B", 1},
                                      {"kB", 1'000},
                                      {"MB", 1'000'000},
                                      {"GB", 1'000'000'000},
                                      {"TB", 1'000'000'000'000},
                                      {"KiB", std::uint64_t{1} << 10U},
                                      {"MiB", std::uint64_t{1} << 20U},
                                      {"GiB", std::uint64_t{1} << 30U},
                                      {"TiB", std::uint64_t{1} << 40U}}};

constexpr std::array<std::string_view, 24> facilities{
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog", "lpr",    "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "audit",  "alert",  "clock",
    "local0", "local1", "local2",   "local3", "local4", "local5", "local6", "local7"};

// Digits and what stands behind them, multiplied; nothing beyond `most`.
template <std::size_t Count>
std::optional<std::uint64_t> with_unit(std::string_view text, const std::array<unit, Count>& units,
                                       std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc{} || !is_digit(text.front())) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ') && text.size() > 1) {
    text.remove_prefix(1);
  }
  const auto found = std::find_if(units.begin(), units.end(), [text](const unit& one) {
    return fold_ascii(one.name) == fold_ascii(text);
  });
  if (found == units.end() || number > most / found->factor) {
    return std::nullopt;
  }
  return number * found->factor;
}

bool is_host_name(std::string_view host) noexcept {
  return !host.empty() && host.size() <= 253 && host.front() != '-' &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return is_letter_or_digit(c) || c == '-' || c == '.' || c == '_';
         });
}

// What looks like an IPv4 address has to be one.
bool is_host(std::string_view host) {
  const bool digits = host.find_first_not_of("0123456789.") == std::string_view::npos;
  in_addr ignored{};
  return is_host_name(host) &&
         (!digits || inet_pton(AF_INET, std::string{host}.c_str(), &ignored) == 1);
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const std::optional<std::uint64_t> ms =
      text.find(' ') == std::string_view::npos ? with_unit(text, times, time_ms_max) : std::nullopt;
  return ms ? std::optional{std::chrono::milliseconds{static_cast<std::int64_t>(*ms)}}
            : std::nullopt;
}

std::string duration_text(std::chrono::milliseconds duration) {
  const auto ms = static_cast<std::uint64_t>(duration.count());
  for (std::size_t i = times.size(); i-- > 0;) {
    if (ms >= times[i].factor && ms % times[i].factor == 0) {
      return std::to_string(ms / times[i].factor) + std::string{times[i].name};
    }
  }
  return "0s";
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return with_unit(text, sizes, std::numeric_limits<std::int64_t>::max());
}

std::string size_text(std::uint64_t bytes) {
  for (std::size_t i = sizes.size(); i-- > 6;) {
    if (bytes >= sizes[i].factor && bytes % sizes[i].factor == 0) {
      return std::to_string(bytes / sizes[i].factor) + std::string{sizes[i].name};
    }
  }
  return std::to_string(bytes);
}

std::optional<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, fault] = std::from_chars(text.data(), end, number);
  return fault == std::errc{} && behind == end ? std::optional{number} : std::nullopt;
}

std::optional<host_port> parse_host_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const std::optional<std::int64_t> port =
      digits.starts_with('-') ? std::nullopt : parse_whole(digits);
  if (!port || *port > std::numeric_limits<std::uint16_t>::max()) {
    return std::nullopt;
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    in6_addr ignored{};
    if (inet_pton(AF_INET6, std::string{host}.c_str(), &ignored) != 1) {
      return std::nullopt;
    }
  } else if (!is_host(host)) {
    return std::nullopt;
  }
  return host_port{std::string{host}, static_cast<std::uint16_t>(*port)};
}

std::optional<int> parse_facility(std::string_view name) {
  const auto found = std::find(facilities.begin(), facilities.end(), name);
  return found == facilities.end() ? std::nullopt
                                   : std::optional{static_cast<int>(found - facilities.begin())};
}

std::span<const std::string_view> syslog_facilities() noexcept {
  return facilities;
}

std::optional<std::vector<std::string>> parse_brokers(std::string_view text) {
  std::vector<std::string> all;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    std::string one = fold_ascii(trimmed(text.substr(begin, end - begin), " "));
    begin = end + 1;
    if (const std::size_t scheme = one.find("://"); scheme != std::string::npos) {
      one.erase(0, scheme + 3);  // librdkafka lets it name the protocol of one broker
    }
    if (one.find(':') == std::string::npos || one.ends_with(']')) {
      one += ":9092";
    }
    const std::optional<host_port> address = parse_host_port(one);
    if (!address || address->port == 0) {
      return std::nullopt;
    }
    all.push_back(std::move(one));
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::optional<url_parts> parse_url(std::string_view text) {
  url_parts parts;
  const std::size_t colon = text.find("://");
  parts.scheme = text.substr(0, std::min(colon, text.size()));
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!printable || (parts.scheme != "http" && parts.scheme != "https")) {
    return std::nullopt;
  }
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  parts.authority = text.substr(0, end);
  if (const std::size_t at = parts.authority.rfind('@'); at != std::string_view::npos) {
    parts.user_info = parts.authority.substr(0, at);
    parts.authority.remove_prefix(at + 1);
  }
  const std::size_t question = std::min(text.find('?', end), text.size());
  parts.path = text.substr(end, question - end);
  parts.query = text.substr(std::min(question + 1, text.size()));
  const std::string_view host = parts.authority;
  const bool has_port = host.rfind(':') != std::string_view::npos && !host.ends_with(']');
  const bool sound = has_port ? parse_host_port(host).has_value()
                              : parse_host_port(std::string{host} + ":1").has_value();
  return sound ? std::optional{parts} : std::nullopt;
}

}  // namespace trailbell::app
