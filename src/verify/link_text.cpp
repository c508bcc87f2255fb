#include "verify/link_text.hpp"

#include <array>
#include <cstdio>

namespace trailbell::verify {
namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

std::string counted(std::int64_t count, const char* unit) {
  return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
}

}  // namespace

std::string shell_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string{"'\\''"} : std::string{c};
  }
  return out + "'";
}

std::string duration_text(std::int64_t ns) {
  const std::int64_t minutes = ns / (60 * second_ns);
  if (minutes >= 2 * 24 * 60) {
    return counted(minutes / (24 * 60), "day");
  }
  if (minutes >= 2 * 60) {
    return counted(minutes / 60, "hour");
  }
  return minutes < 1 ? "not even a minute" : counted(minutes, "minute");
}

std::string number_text(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.6g", value);
  return text.data();
}

std::string ending_text(const listing& of) {
  const std::string behind = of.error.empty() ? "" : ": " + of.error;
  switch (of.state) {
    case listing_state::complete:
      return " was answered";
    case listing_state::absent:
      return " found no such thing" + behind;
    case listing_state::denied:
      return " was denied" + behind;
    case listing_state::failed:
      return " failed" + behind;
    case listing_state::not_asked:
      break;
  }
  return " is not in the inventory";
}

std::string dark_text(std::string_view call, std::string_view iam_action, const listing& of) {
  std::string reason = std::string{call} + ending_text(of);
  if (of.state == listing_state::denied) {
    reason += "; allow " + std::string{iam_action} + " and ask again";
  }
  return reason;
}

chain_link cannot_tell(link_kind link, std::string resource, std::string_view call,
                       std::string_view iam_action, const listing& of) {
  return undetermined(link, std::move(resource), dark_text(call, iam_action, of));
}

}  // namespace trailbell::verify
