#include "integrity/object_name.hpp"

#include <algorithm>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::integrity {
namespace {

constexpr std::string_view service_mark = "_CloudTrail";
constexpr std::string_view backfill_mark = "_backfill";

void drop_end(std::string_view& text, std::string_view end) {
  if (text.ends_with(end)) {
    text.remove_suffix(end.size());
  }
}

// Up to `mark`, which goes too. All of it where there is no mark.
std::string_view take_until(std::string_view& text, std::string_view mark) {
  const std::size_t at = std::min(text.find(mark), text.size());
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + mark.size(), text.size()));
  return taken;
}

// "20260304T0510Z", "20260304T043000Z"
std::optional<std::int64_t> parse_time(std::string_view text) {
  const bool has_seconds = text.size() == 16;
  const bool has_shape = (has_seconds || text.size() == 14) && text[8] == 'T' && text.back() == 'Z';
  if (!has_shape ||
      !text.starts_with("20")) {  // no other century: times stay far from their bounds
    return std::nullopt;
  }
  std::string time{text.substr(0, 4)};
  time.append("-").append(text.substr(4, 2)).append("-").append(text.substr(6, 2));
  time.append("T").append(text.substr(9, 2)).append(":").append(text.substr(11, 2)).append(":");
  return parse_rfc3339(time.append(has_seconds ? text.substr(13, 2) : "00").append("Z"));
}

std::string_view last_segment(std::string_view& path) noexcept {
  const std::size_t slash = path.rfind('/');
  const std::string_view segment = slash == path.npos ? path : path.substr(slash + 1);
  path = slash == path.npos ? std::string_view{} : path.substr(0, slash);
  return segment;
}

bool is_of_layout(std::string_view segment) noexcept {
  return segment == "AWSLogs" || segment.starts_with("CloudTrail");
}

bool has_layout(std::string_view path) noexcept {
  while (!path.empty()) {
    if (is_of_layout(last_segment(path))) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::string_view file_name_of(std::string_view path) noexcept {
  std::string_view name = last_segment(path);
  drop_end(name, ".gz");
  return name;
}

object_name parse_object_name(std::string_view path) {
  std::string_view rest = file_name_of(path);
  if (!rest.ends_with(".json")) {
    return {};
  }
  drop_end(rest, ".json");
  object_name name;
  name.account = take_until(rest, service_mark);
  const std::string_view service = take_until(rest, "_");  // what stands behind "CloudTrail"
  name.region = take_until(rest, "_");
  name.kind = service.empty()        ? object_kind::log
              : service == "-Digest" ? object_kind::digest
                                     : object_kind::related;
  std::string_view time;
  if (name.kind == object_kind::digest) {
    name.backfill = rest.ends_with(backfill_mark);
    drop_end(rest, backfill_mark);
    const std::size_t at = std::min(rest.rfind('_'), rest.size());
    name.trail = rest.substr(0, at);
    time = rest.substr(std::min(at + 1, rest.size()));
  } else {
    time = take_until(rest, "_");
  }
  const std::optional<std::int64_t> ns = parse_time(time);
  const bool is_account = std::all_of(name.account.begin(), name.account.end(), is_digit);
  if (name.account.empty() || !is_account || name.region.empty() || !ns) {
    return {};
  }
  name.time_ns = *ns;
  return name;
}

bool may_be_copy_of(std::string_view path, std::string_view key) noexcept {
  if (file_name_of(path) != file_name_of(key)) {
    return false;
  }
  last_segment(path);
  last_segment(key);
  while (!path.empty() && !key.empty()) {
    const std::string_view segment = last_segment(path);
    if (segment != last_segment(key)) {
      return !is_of_layout(segment) && !has_layout(path);
    }
    if (is_of_layout(segment)) {
      return true;
    }
  }
  return true;
}

}  // namespace trailbell::integrity
