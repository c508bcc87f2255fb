// What the name of an object that CloudTrail wrote says of it. Pure. Source: AWS CloudTrail User
// Guide, "Finding your CloudTrail log files", "CloudTrail digest file structure".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace trailbell::integrity {

enum class object_kind : std::uint8_t {
  other,
  log,
  digest,
  related,  // of another service's folder, as Insights: a digest may name it
};

struct object_name {
  object_kind kind = object_kind::other;
  std::string account, region;
  std::string trail;         // of a digest: its trail and that one's home region, "main_us-east-1"
  bool backfill = false;     // a digest of logs that came late
  std::int64_t time_ns = 0;  // when a log was delivered, a digest ends
};
// Of a key or a path: by what follows the last slash. With or without ".gz".
[[nodiscard]] object_name parse_object_name(std::string_view path);

// What follows the last slash, without ".gz": a copy may lie inflated.
[[nodiscard]] std::string_view file_name_of(std::string_view path) noexcept;

// Whether a file may be a copy of the object with that key: the same name, and in the same folders
// as far as it lies in folders of AWS's layout. A copy may lie in any other.
[[nodiscard]] bool may_be_copy_of(std::string_view path, std::string_view key) noexcept;

}  // namespace trailbell::integrity
