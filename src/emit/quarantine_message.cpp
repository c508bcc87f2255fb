#include "emit/quarantine_message.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "emit/entry_content.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::emit {
namespace {

using headers = std::vector<std::pair<std::string_view, std::string>>;

// What a message has beside its key, value and headers, and what a header has beside its name and
// value, at most. Source: Kafka, "Message Format".
constexpr std::size_t message_overhead_bytes = 512;
constexpr std::size_t header_overhead_bytes = 10;
// However long the key and the headers are: a message without a value would keep nothing.
constexpr std::size_t part_bytes_min = 64;

// A reason is a sentence; what it quotes is in the value.
constexpr std::size_t reason_bytes_max = 1 * limits::kib;

std::string key_of(const quarantine_entry& entry) {
  std::string key =
      fmt::format("{}/{}/{}/{}", to_string(entry.place), entry.offset, entry.record, entry.kind);
  return entry.alert_id.empty() ? key : fmt::format("{}/{}", key, entry.alert_id);
}

void add_place(const object_position& place, headers& to) {
  switch (place.source) {
    case source_kind::file:
      to.emplace_back("trailbell.source", "file");
      to.emplace_back("trailbell.path", place.name);
      return;
    case source_kind::s3:
      to.emplace_back("trailbell.source", "s3");
      to.emplace_back("trailbell.bucket", place.bucket);
      to.emplace_back("trailbell.key", place.name);
      return;
    case source_kind::kafka:
      to.emplace_back("trailbell.source", "kafka");
      to.emplace_back("trailbell.topic", place.name);
      to.emplace_back("trailbell.partition", std::to_string(place.partition));
      to.emplace_back("trailbell.offset", std::to_string(place.offset));
      return;
  }
}

headers headers_of(const quarantine_entry& entry, std::int64_t now_ns) {
  headers all{{"trailbell.kind", std::string{entry.kind}},
              {"trailbell.reason", std::string{entry.reason.substr(0, reason_bytes_max)}},
              {"trailbell.time", format_rfc3339(now_ns)}};
  add_place(entry.place, all);
  all.emplace_back("trailbell.record", std::to_string(entry.record));
  all.emplace_back("trailbell.byte", std::to_string(entry.offset));
  if (!entry.alert_id.empty()) {
    all.emplace_back("trailbell.alert_id", std::string{entry.alert_id});
  }
  return all;
}

// As much of a file as is kept.
std::string read_start(const entry_content& from, std::string& problem) {
  std::string text(std::min<std::uint64_t>(from.size, limits::quarantine_topic_bytes_max), '\0');
  std::size_t got = 0;
  while (got < text.size()) {
    const ssize_t more = ::read(from.file.get(), text.data() + got, text.size() - got);
    if (more < 0 && errno == EINTR) {
      continue;
    }
    if (more <= 0) {
      problem = more < 0 ? std::strerror(errno) : "it became shorter";
      break;
    }
    got += static_cast<std::size_t>(more);
  }
  text.resize(got);
  return text;
}

std::size_t size_of(const std::string& key, const headers& all) {
  std::size_t bytes = key.size() + message_overhead_bytes;
  for (const auto& [name, value] : all) {
    bytes += name.size() + value.size() + header_overhead_bytes;
  }
  return bytes;
}

}  // namespace

quarantine_messages messages_of(const quarantine_entry& entry, std::size_t message_bytes_max,
                                std::int64_t now_ns) {
  entry_content content = content_of(entry);
  const std::string read =
      content.file.is_open() ? read_start(content, content.not_copied) : std::string{};
  const std::string_view whole = (content.file.is_open() ? std::string_view{read} : content.bytes)
                                     .substr(0, limits::quarantine_topic_bytes_max);
  const std::string key = key_of(entry);
  headers common = headers_of(entry, now_ns);
  common.emplace_back("trailbell.bytes", std::to_string(content.size));
  quarantine_messages out;
  out.is_cut = whole.size() < content.size || !content.not_copied.empty();
  if (whole.size() < content.size) {
    common.emplace_back("trailbell.cut", std::to_string(content.size - whole.size()));
  }
  if (!content.not_copied.empty()) {
    common.emplace_back("trailbell.not_copied", content.not_copied);
  }
  // Of a part: its number, that of all, and what its key says of it.
  constexpr std::size_t number_bytes = 64;
  const std::size_t beside = size_of(key, common) + number_bytes;
  const std::size_t room =
      std::max(message_bytes_max - std::min(message_bytes_max, beside), part_bytes_min);
  const std::size_t parts = std::max<std::size_t>((whole.size() + room - 1) / room, 1);
  for (std::size_t i = 0; i < parts; ++i) {
    quarantine_message part{i == 0 ? key : fmt::format("{}#{}", key, i),
                            std::string{whole.substr(i * room, room)}, common};
    if (parts > 1) {
      part.headers.emplace_back("trailbell.part", std::to_string(i));
      part.headers.emplace_back("trailbell.parts", std::to_string(parts));
    }
    out.parts.push_back(std::move(part));
  }
  return out;
}

}  // namespace trailbell::emit
