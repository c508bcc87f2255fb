#include "observe/log_line.hpp"

#include <fmt/format.h>

#include <cmath>
#include <type_traits>

#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::observe {
namespace {

constexpr std::size_t secret_bytes_min = 4;

std::string prepared(std::string_view text, const log_options& options) {
  // A secret that the cut would leave half of is found before it.
  std::string whole = without_secrets(
      text.substr(0, limits::log_text_bytes_max + limits::log_secret_bytes_max), options.secrets);
  if (whole.size() <= limits::log_text_bytes_max) {
    return whole;
  }
  std::size_t end = limits::log_text_bytes_max;
  while (end > 0 && (static_cast<unsigned char>(whole[end]) & 0xc0U) == 0x80U) {
    --end;  // not within a character
  }
  whole.resize(end);
  return whole + "...";
}

void append_unit(std::uint32_t unit, std::string& out) {
  out += fmt::format("\\u{:04x}", unit);
}

// As append_json_text(), but what append_printable() would escape is escaped as JSON does it.
void append_json_shown(std::string_view text, std::string& out) {
  std::string json;
  append_json_text(text, json);
  for (std::size_t at = 0; at < json.size();) {
    const code_point next = decode_utf8(json, at);
    const std::string_view bytes = std::string_view{json}.substr(at, next.size);
    std::string shown;
    append_printable(bytes, shown);
    if (shown == bytes) {
      out += bytes;
    } else if (next.value < 0x10000) {
      append_unit(next.value, out);
    } else {
      append_unit(0xd800 + ((next.value - 0x10000) >> 10U), out);
      append_unit(0xdc00 + ((next.value - 0x10000) & 0x3ffU), out);
    }
    at += next.size;
  }
}

void append_quoted(std::string_view text, std::string& out) {
  std::string shown;
  append_printable(text, shown);
  if (!shown.empty() && shown.find_first_of(" \"=") == std::string::npos) {
    out += shown;
    return;
  }
  out += '"';
  for (const char c : shown) {
    out.append(c == '"' ? "\\" : "").push_back(c);
  }
  out += '"';
}

void append_value(const log_field& field, const log_options& options, std::string& out) {
  const bool json = options.format == log_format::json;
  std::visit(
      [&](const auto& value) {
        using type = std::decay_t<decltype(value)>;
        if constexpr (std::is_same_v<type, std::string_view>) {
          const std::string text = prepared(value, options);
          json ? append_json_shown(text, out) : append_quoted(text, out);
        } else if constexpr (std::is_same_v<type, double>) {
          out += json && !std::isfinite(value) ? "null" : fmt::format("{}", value);
        } else {
          out += fmt::format("{}", value);
        }
      },
      field.value);
}

}  // namespace

std::string without_secrets(std::string_view text, std::span<const std::string> secrets) {
  std::string out{text};
  for (const std::string& secret : secrets) {
    if (secret.size() < secret_bytes_min) {
      continue;
    }
    for (std::size_t at = 0; (at = out.find(secret, at)) != std::string::npos; at += 3) {
      out.replace(at, secret.size(), "***");
    }
  }
  return out;
}

std::string log_line(const log_options& options, std::string_view kind, std::string_view text,
                     std::span<const log_field> fields) {
  std::string line;
  if (options.format == log_format::json) {
    line = fmt::format(R"("kind":"{}","text":)", kind);
    append_json_shown(prepared(text, options), line);
  } else {
    line = fmt::format("{}: ", kind);
    append_printable(prepared(text, options), line);
  }
  for (const log_field& field : fields) {
    line += options.format == log_format::json ? fmt::format(",\"{}\":", field.name)
                                               : fmt::format(" {}=", field.name);
    append_value(field, options, line);
  }
  return line;
}

}  // namespace trailbell::observe
