// How CloudTrail lays its objects out in a bucket, and what that tells of a key. Pure. Source: AWS
// CloudTrail User Guide, "Finding your CloudTrail log files":
// PREFIX/AWSLogs/[O-ID/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/FILE.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trailbell/consume/archive_source.hpp"

namespace trailbell::consume {

enum class s3_level : std::uint8_t {
  unknown,  // no AWSLogs in it
  folders,  // its folders are those of the layout: accounts, services, regions, years, months, days
  objects,  // the folder of a day, or none of the layout
};
// Of a prefix: of the folder that it is, or is in.
[[nodiscard]] s3_level level_of(std::string_view prefix);

// Days in which records of a time may be delivered: a day early and a day late.
struct day_range {
  std::string first, last;  // "2026/03/01", inclusive; empty: open
};
[[nodiscard]] day_range days_of(std::optional<std::int64_t> from_ns,
                                std::optional<std::int64_t> to_ns);

// False: the folder is that of another year, month or day in AWS's layout, as ".../2026/03/01/".
[[nodiscard]] bool may_hold(std::string_view folder, const day_range& days);

// False: it lies in the folder of another service than CloudTrail in AWS's layout, as
// "AWSLogs/111122223333/vpcflowlogs/...".
[[nodiscard]] bool may_have_records(std::string_view key);

// What a key says by itself.
[[nodiscard]] skip_reason skipped_by_key(std::string_view key);

}  // namespace trailbell::consume
