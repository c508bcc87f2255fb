#include "emit/members.hpp"

#include <arpa/inet.h>

#include <array>
#include <utility>

#include "trailbell/base/timestamp.hpp"

namespace trailbell::emit {

std::string& members::raw(std::string_view name) {
  if (!std::exchange(first_, false)) {
    out_.push_back(',');
  }
  if (opening_ == '{') {
    out_.push_back('"');
    out_.append(name);
    out_.append("\":");
  }
  return out_;
}

std::string& members::escaped(std::string_view name) {
  out_.append(std::exchange(first_, false) ? "" : ",");
  append_json_text(name, out_);
  return out_.append(":");
}

void members::list(std::string_view name, std::span<const std::string_view> values) {
  raw(name).push_back('[');
  for (std::size_t i = 0; i < values.size(); ++i) {
    out_.append(i == 0 ? "" : ",");
    append_json_text(values[i], out_);
  }
  out_.push_back(']');
}

void append_place(const object_position& place, members& position) {
  switch (place.source) {
    case source_kind::file:
      position.text("source", "file");
      position.text("path", place.name);
      break;
    case source_kind::s3:
      position.text("source", "s3");
      position.text("bucket", place.bucket);
      position.text("key", place.name);
      break;
    case source_kind::kafka:
      position.text("source", "kafka");
      position.text("topic", place.name);
      position.number("partition", place.partition);
      position.number("offset", place.offset);
      break;
  }
}

void append_position(const alert& what, members& position) {
  append_place(what.place, position);
  position.raw("record").append(std::to_string(what.record));
}

void append_record(std::string_view record, std::string& out) {
  constexpr std::string_view replacement = "\xef\xbf\xbd";
  for (std::size_t at = 0; at < record.size();) {
    const code_point next = decode_utf8(record, at);
    if (next.size == 0) {
      out.append(replacement);
      ++at;
    } else if (next.value == '\n' || next.value == '\r') {
      out.push_back(' ');
      ++at;
    } else {
      out.append(record.substr(at, next.size));
      at += next.size;
    }
  }
}

std::optional<std::int64_t> unix_ms(const text_view& time) {
  constexpr std::int64_t ns_per_ms = 1'000'000;
  const std::optional<std::int64_t> ns = time ? parse_rfc3339(*time) : std::nullopt;
  return ns ? std::optional{*ns / ns_per_ms} : std::nullopt;
}

bool is_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> ended{};
  if (text.empty() || text.size() >= ended.size()) {
    return false;
  }
  text.copy(ended.data(), text.size());
  in6_addr parsed{};  // has room for either
  return inet_pton(AF_INET, ended.data(), &parsed) == 1 ||
         inet_pton(AF_INET6, ended.data(), &parsed) == 1;
}

}  // namespace trailbell::emit
