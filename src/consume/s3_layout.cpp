#include "consume/s3_layout.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include "trailbell/aws/endpoint.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::consume {
namespace {

using segments = std::vector<std::string_view>;

bool are_digits(std::string_view text, std::size_t count) {
  return text.size() == count && std::all_of(text.begin(), text.end(), is_digit);
}

// The folders behind AWSLogs and, where there is one, the organisation; nothing: no AWSLogs.
std::optional<segments> layout_of(std::string_view prefix) {
  std::optional<segments> found;
  for (std::size_t end = prefix.find('/'); end != prefix.npos; end = prefix.find('/')) {
    const std::string_view one = prefix.substr(0, end);
    prefix.remove_prefix(end + 1);
    if (found) {
      found->push_back(one);
    } else if (one == "AWSLogs") {
      found.emplace();
    }
  }
  if (found && !found->empty() && found->front().starts_with("o-")) {
    found->erase(found->begin());
  }
  return found;
}

// account, service, region, year, month, day
bool fits(std::string_view segment, std::size_t depth) {
  switch (depth) {
    case 0:
      return are_digits(segment, 12);
    case 1:
      return segment == "CloudTrail" || segment == "CloudTrail-Digest" ||
             segment == "CloudTrail-Insight";
    case 2:
      return aws::is_region(segment);
    case 3:
      return are_digits(segment, 4);
    default:
      return are_digits(segment, 2);
  }
}
constexpr std::size_t service_at = 1;
constexpr std::size_t year_at = 3;
constexpr std::size_t depth_of_a_day = 6;

bool is_layout(const segments& folders) {
  for (std::size_t i = 0; i < folders.size(); ++i) {
    if (i >= depth_of_a_day || !fits(folders[i], i)) {
      return false;
    }
  }
  return true;
}

std::string day_text(std::int64_t ns, std::chrono::days off) {
  const auto day =
      std::chrono::floor<std::chrono::days>(
          std::chrono::sys_time<std::chrono::nanoseconds>{std::chrono::nanoseconds{ns}}) +
      off;
  std::string text = format_rfc3339(std::chrono::nanoseconds{day.time_since_epoch()}.count());
  text.resize(10);  // "2026-03-01"
  std::replace(text.begin(), text.end(), '-', '/');
  return text;
}

}  // namespace

s3_level level_of(std::string_view prefix) {
  const std::optional<segments> folders = layout_of(prefix);
  if (!folders) {
    return s3_level::unknown;
  }
  return folders->size() < depth_of_a_day && is_layout(*folders) ? s3_level::folders
                                                                 : s3_level::objects;
}

day_range days_of(std::optional<std::int64_t> from_ns, std::optional<std::int64_t> to_ns) {
  return {from_ns ? day_text(*from_ns, std::chrono::days{-1}) : "",
          to_ns ? day_text(*to_ns, std::chrono::days{1}) : ""};
}

bool may_hold(std::string_view folder, const day_range& days) {
  const std::optional<segments> folders = layout_of(folder);
  if (!folders || folders->size() <= year_at || !is_layout(*folders)) {
    return true;
  }
  std::string date;
  for (std::size_t i = year_at; i < folders->size(); ++i) {
    date.append(date.empty() ? "" : "/").append((*folders)[i]);
  }
  return (days.first.empty() || date >= days.first.substr(0, date.size())) &&
         (days.last.empty() || date <= days.last.substr(0, date.size()));
}

bool may_have_records(std::string_view key) {
  const std::optional<segments> folders = layout_of(key);
  return !folders || folders->size() <= service_at || !fits(folders->front(), 0) ||
         fits((*folders)[service_at], service_at);
}

skip_reason skipped_by_key(std::string_view key) {
  if (key.find("/CloudTrail-Digest/") != key.npos) {
    return skip_reason::digest;
  }
  if (key.find("/CloudTrail-Insight/") != key.npos) {
    return skip_reason::insight;
  }
  return key.ends_with('/') ? skip_reason::empty : skip_reason::none;
}

}  // namespace trailbell::consume
