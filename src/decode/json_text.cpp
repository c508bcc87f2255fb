#include "decode/json_text.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <optional>

#include "decode/scan_kernel.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::decode {
namespace {

json_span complete(std::size_t end) noexcept {
  return {json_status::complete, end, ""};
}
json_span need_more(std::string_view text) noexcept {
  return {json_status::need_more, text.size(), ""};
}

json_span skip_string(std::string_view text, std::size_t at) noexcept {
  for (++at; at < text.size();) {
    const auto* const quote =
        static_cast<const char*>(std::memchr(text.data() + at, '"', text.size() - at));
    if (quote == nullptr) {
      return need_more(text);
    }
    const auto end = static_cast<std::size_t>(quote - text.data());
    std::size_t backslashes = 0;
    while (end - backslashes > at && text[end - backslashes - 1] == '\\') {
      ++backslashes;
    }
    at = end + 1;
    if (backslashes % 2 == 0) {
      return complete(at);
    }
  }
  return need_more(text);
}

json_span skip_array(std::string_view text, std::size_t at) noexcept;

json_span skip_object(std::string_view text, std::size_t at) noexcept {
  candidate found{};
  const scan_result scanned = active_kernel().elements(
      {text.data() + at, text.size() - at, false, false, "", 0, {}, &found, 1});
  if (scanned.candidates == 1) {
    return complete(at + found.end);
  }
  // A raw newline in a string: no JSON, but its brackets may still match; look at each byte.
  return scanned.stop == scan_stop::newline_in_string ? skip_array(text, at) : need_more(text);
}

// Any bracketed value, a byte at a time.
json_span skip_array(std::string_view text, std::size_t at) noexcept {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      const json_span string = skip_string(text, at);
      if (string.status != json_status::complete) {
        return string;
      }
      at = string.end;
      continue;
    }
    ++at;
    if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && --depth == 0) {
      return complete(at);
    }
  }
  return need_more(text);
}

bool ends_scalar(char c) noexcept {
  return c == ',' || c == ']' || c == '}' || is_white(c);
}

bool is_literal(std::string_view token) noexcept {
  return token == "true" || token == "false" || token == "null";
}

bool looks_like_number(std::string_view token) noexcept {
  return token.find_first_not_of("0123456789+-.eE") == std::string_view::npos &&
         token.find_first_of("0123456789") != std::string_view::npos;
}

json_span skip_scalar(std::string_view text, std::size_t at) noexcept {
  std::size_t end = at;
  while (end < text.size() && !ends_scalar(text[end])) {
    ++end;
  }
  const std::string_view token = text.substr(at, end - at);
  if (end == text.size()) {
    const bool could_be = token.size() < 32 && token.find_first_not_of("0123456789+-.eEtrufalsn") ==
                                                   std::string_view::npos;
    return could_be ? need_more(text) : json_span{json_status::bad, at, "no JSON value"};
  }
  if (!is_literal(token) && !looks_like_number(token)) {
    return {json_status::bad, at, "no JSON value"};
  }
  return complete(end);
}

std::optional<std::uint32_t> hex4(std::string_view text, std::size_t at) noexcept {
  if (at + 4 > text.size()) {
    return std::nullopt;
  }
  std::uint32_t value = 0;
  for (const char c : text.substr(at, 4)) {
    const bool digit = c >= '0' && c <= '9';
    const char lower = static_cast<char>(c | 0x20);
    if (!digit && (lower < 'a' || lower > 'f')) {
      return std::nullopt;
    }
    value = value * 16 + static_cast<std::uint32_t>(digit ? c - '0' : lower - 'a' + 10);
  }
  return value;
}

void append_utf8(std::uint32_t code, std::string& out) {
  const auto tail = [&](unsigned shift) {
    out.push_back(static_cast<char>(0x80U | (code >> shift & 0x3fU)));
  };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0U | code >> 6U));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0U | code >> 12U));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0U | code >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

// The code point of the \u escape whose 'u' is at `at`; moves `at` behind what it used.
std::uint32_t unicode_escape(std::string_view body, std::size_t& at) noexcept {
  constexpr std::uint32_t replacement = 0xfffd;
  const std::optional<std::uint32_t> first = hex4(body, at + 1);
  if (!first) {
    ++at;
    return replacement;
  }
  at += 5;
  if (*first < 0xd800 || *first > 0xdfff) {
    return *first;
  }
  const bool pair = *first < 0xdc00 && body.substr(at, 2) == "\\u";
  const std::optional<std::uint32_t> second = pair ? hex4(body, at + 2) : std::nullopt;
  if (!second || *second < 0xdc00 || *second > 0xdfff) {
    return replacement;
  }
  at += 6;
  return 0x10000 + ((*first - 0xd800) << 10U) + (*second - 0xdc00);
}

char short_escape(char c) noexcept {
  constexpr std::string_view names = "bfnrt";
  constexpr std::string_view values = "\b\f\n\r\t";
  const std::size_t at = names.find(c);
  return at == std::string_view::npos ? c : values[at];
}

}  // namespace

std::size_t skip_json_spaces(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && is_white(text[at])) {
    ++at;
  }
  return at < text.size() ? at : text.size();
}

std::string_view trim_json_spaces(std::string_view text) noexcept {
  const std::size_t begin = skip_json_spaces(text, 0);
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view{} : text.substr(begin, last + 1 - begin);
}

bool line_ends_blank(std::string_view text, std::size_t at) noexcept {
  const std::size_t end = text.find_first_not_of(" \t\r", at);
  return end != std::string_view::npos && text[end] == '\n';
}

json_span skip_json_value(std::string_view text, std::size_t at) noexcept {
  if (at >= text.size()) {
    return need_more(text);
  }
  switch (text[at]) {
    case '{':
      return skip_object(text, at);
    case '[':
      return skip_array(text, at);
    case '"':
      return skip_string(text, at);
    default:
      return skip_scalar(text, at);
  }
}

std::string_view json_string_text(std::string_view token, std::string& scratch) {
  const std::string_view body = token.substr(1, token.size() - 2);
  if (body.find('\\') == std::string_view::npos) {
    return body;
  }
  scratch.clear();
  append_json_string(token, scratch);
  return scratch;
}

bool json_escapes_are_known(std::string_view token) noexcept {
  for (std::size_t at = token.find('\\'); at != std::string_view::npos;
       at = token.find('\\', at + 2)) {
    constexpr std::string_view known = "\"\\/bfnrtu";
    const char kind = at + 1 < token.size() ? token[at + 1] : '\0';
    if (known.find(kind) == std::string_view::npos || (kind == 'u' && !hex4(token, at + 2))) {
      return false;
    }
  }
  return true;
}

bool json_string_is(std::string_view token, std::string_view plain) {
  std::string scratch;
  return json_string_text(token, scratch) == plain;
}

void append_json_string(std::string_view token, std::string& out) {
  const std::string_view body = token.substr(1, token.size() - 2);
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t slash = body.find('\\', at);
    out.append(body.substr(at, slash - at));
    if (slash == std::string_view::npos || slash + 1 == body.size()) {
      return;
    }
    at = slash + 1;
    if (body[at] == 'u') {
      append_utf8(unicode_escape(body, at), out);
    } else {
      out.push_back(short_escape(body[at]));
      ++at;
    }
  }
}

json_members::step json_members::fail(std::size_t at, const char* reason) noexcept {
  at_ = at;
  reason_ = reason;
  return step::bad;
}

json_members::step json_members::next() noexcept {
  std::size_t at = skip_json_spaces(text_, at_);
  if (at < text_.size() && text_[at] == '}') {
    at_ = at + 1;
    return step::end;
  }
  if (!first_ && at < text_.size()) {
    if (text_[at] != ',') {
      return fail(at, "expected ',' or '}' behind a member");
    }
    at = skip_json_spaces(text_, at + 1);
  }
  if (at >= text_.size()) {
    return step::need_more;
  }
  if (text_[at] != '"') {
    return fail(at, "expected a member's name in quotes");
  }
  const json_span key = skip_string(text_, at);
  if (key.status != json_status::complete) {
    return step::need_more;
  }
  key_ = text_.substr(at, key.end - at);
  at = skip_json_spaces(text_, key.end);
  if (at >= text_.size()) {
    return step::need_more;
  }
  if (text_[at] != ':') {
    return fail(at, "expected ':' behind a member's name");
  }
  value_begin_ = skip_json_spaces(text_, at + 1);
  at_ = value_begin_;
  first_ = false;
  return value_begin_ < text_.size() ? step::member : step::need_more;
}

json_members::step json_members::skip_value() noexcept {
  const json_span value = skip_json_value(text_, value_begin_);
  switch (value.status) {
    case json_status::complete:
      at_ = value.end;
      return step::member;
    case json_status::need_more:
      return step::need_more;
    case json_status::bad:
      break;
  }
  return fail(value.end, value.reason);
}

bool json_members::resync() noexcept {
  first_ = false;
  std::size_t depth = 0;
  for (std::size_t at = at_; at < text_.size(); ++at) {
    const char c = text_[at];
    if (c == '"') {
      const json_span string = skip_string(text_, at);
      if (string.status != json_status::complete) {
        return false;
      }
      at = string.end - 1;
    } else if (depth == 0 && (c == ',' || c == '}')) {
      at_ = at;
      return true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

}  // namespace trailbell::decode
