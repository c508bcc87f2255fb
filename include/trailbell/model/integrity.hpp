// What CloudTrail's signed digests say of an archive, in numbers and in a word.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trailbell {

// Of the log file that a record is in.
enum class integrity_state : std::uint8_t {
  unasked,
  verified,    // it is what a digest names, and AWS signed that digest
  failed,      // it is not, or no digest names it that has to
  unverified,  // it could not be told
};
// "verified", "failed", "unverified"; empty: unasked.
[[nodiscard]] constexpr std::string_view to_string(integrity_state what) noexcept {
  switch (what) {
    case integrity_state::verified:
      return "verified";
    case integrity_state::failed:
      return "failed";
    case integrity_state::unverified:
      return "unverified";
    case integrity_state::unasked:
      break;
  }
  return "";
}

struct integrity_totals {
  struct {
    std::uint64_t found = 0;  // = valid + invalid + unchecked
    std::uint64_t valid = 0, invalid = 0, unchecked = 0;
    std::uint64_t missing = 0;  // named by another, and not there
  } digests;
  struct {
    std::uint64_t found = 0;  // = valid + invalid + unnamed + unchecked + newer
    std::uint64_t valid = 0, invalid = 0, unchecked = 0;
    std::uint64_t unnamed = 0;  // no digest names them, and one has to
    std::uint64_t newer = 0;    // than the newest digest: the next one will name them
    std::uint64_t missing = 0;  // named, and not there
  } logs;

  std::uint64_t failures = 0;  // findings: something is not what AWS signed
  std::uint64_t untold = 0;    // findings: something could not be told

  [[nodiscard]] std::string_view verdict() const noexcept {
    return failures > 0 ? "invalid" : untold > 0 ? "undetermined" : "valid";
  }
};

// `"digests":{...},"logs":{...}`: members of a JSON object.
[[nodiscard]] std::string to_json_members(const integrity_totals& totals);

}  // namespace trailbell
