#include "emit/syslog_message.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "emit/alert_fields.hpp"
#include "emit/alert_template.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::emit {
namespace {

constexpr std::size_t host_bytes_max = 255;
constexpr std::size_t app_name_bytes_max = 48;
constexpr std::size_t value_bytes_max = 256;  // ours: one long field does not fill the message

int severity_of(severity level) {
  constexpr std::array<int, 5> numbers{6, 5, 4, 3, 2};
  return numbers[static_cast<std::size_t>(level)];
}

bool is_printable(char c) {
  return c > 0x20 && c < 0x7f;
}

// A header field: what is not printable ASCII is a question mark; "-" stands for nothing.
std::string header_field(std::string_view text, std::size_t bytes_max) {
  std::string out{text.substr(0, bytes_max)};
  for (char& c : out) {
    c = is_printable(c) ? c : '?';
  }
  return out.empty() ? "-" : out;
}

// Source: RFC 5424 section 6.3.3: a backslash before " \ and ].
void append_param(std::string_view name, std::string_view value, std::string& out) {
  std::string shown;
  append_printable(value.substr(0, value_bytes_max), shown);
  out.append(" ").append(name).append("=\"");
  for (std::size_t at = 0; at < shown.size();) {
    const code_point next = decode_utf8(shown, at);
    if (next.size > 1) {
      out.append(fmt::format("\\\\u{{{:x}}}", static_cast<std::uint32_t>(next.value)));
    } else {
      out.append(shown[at] == '"' || shown[at] == '\\' || shown[at] == ']' ? "\\" : "");
      out.push_back(shown[at]);
    }
    at += std::max<std::size_t>(next.size, 1);
  }
  out.push_back('"');
}

std::string before_message(const alert& what, const syslog_style& style) {
  std::string out = fmt::format(
      "<{}>1 {} {} {} - alert [{}", style.facility * 8 + severity_of(what.level),
      format_rfc3339(what.detected_at_ns), header_field(style.host_name, host_bytes_max),
      header_field(style.app_name, app_name_bytes_max), style.structured_data_id);
  for (const std::string_view name :
       {"alert_id", "rule_id", "severity", "event_name", "event_time", "event_id", "account_id",
        "aws_region", "outcome", "actor.arn", "source_ip"}) {
    std::string value;
    find_field(name)(what, value);
    if (!value.empty()) {
      append_param(name, value, out);
    }
  }
  return out + "] ";
}

void append_escape(std::uint32_t unit, std::string& out) {
  out.append(fmt::format("\\u{:04x}", unit));
}

}  // namespace

void append_ascii_json(std::string_view json, std::string& out) {
  for (std::size_t at = 0; at < json.size();) {
    const code_point next = decode_utf8(json, at);
    const auto value = static_cast<std::uint32_t>(next.size == 0 ? 0xfffd : next.value);
    if (value >= 0x20 && value < 0x7f) {
      out.push_back(json[at]);
    } else if (value < 0x20) {
      out.push_back(' ');  // between tokens: sound JSON has none within a text
    } else if (value < 0x10000) {
      append_escape(value, out);
    } else {
      append_escape(0xd800 + ((value - 0x10000) >> 10U), out);
      append_escape(0xdc00 + ((value - 0x10000) & 0x3ffU), out);
    }
    at += std::max<std::size_t>(next.size, 1);
  }
}

std::string syslog_message(const alert& what, const syslog_style& style) {
  std::string out = before_message(what, style);
  std::string whole;
  append_one(what, style.append, whole);
  append_ascii_json(whole, out);
  return out;
}

std::string short_syslog_message(const alert& what, const syslog_style& style) {
  std::string out = before_message(what, style);
  out.append(R"({"schema":1,"alert_id":)");
  append_json_text(what.fingerprint, out);
  return out.append(R"(,"cut":true})");
}

bool is_structured_data_id(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_printable(c) && c != '=' && c != ']' && c != '"';
  });
}

}  // namespace trailbell::emit
