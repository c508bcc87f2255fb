// One alert as an RFC 5424 message. Pure.
#pragma once

#include <string>
#include <string_view>

#include "trailbell/emit/syslog_sink.hpp"
#include "trailbell/model/alert.hpp"

namespace trailbell::emit {

struct syslog_style {
  int facility = 13;
  std::string host_name;
  std::string app_name;
  std::string structured_data_id;
  alert_appender append;
};

// Printable ASCII without a frame around it and without a newline at its end.
[[nodiscard]] std::string syslog_message(const alert& what, const syslog_style& style);
// The same with a few fields in place of the whole alert.
[[nodiscard]] std::string short_syslog_message(const alert& what, const syslog_style& style);

// Appends sound JSON with \u escapes for all that is not printable ASCII.
void append_ascii_json(std::string_view json, std::string& out);

// An SD-ID (section 6.3.2): 1 to 32 printable characters but = ] " and blanks.
[[nodiscard]] bool is_structured_data_id(std::string_view text);

}  // namespace trailbell::emit
