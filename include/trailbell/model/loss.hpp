// A loss: a place in the input that could not be read as what it should have been. Counted,
// reported with its position and reason, quarantined on request; work goes on behind it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trailbell {

enum class loss_kind {
  rejected,      // a member of an array, a line or a cut tail that is no record
  unrecognised,  // valid JSON, but none of the envelopes that carry CloudTrail records
  failed,        // the object as a whole could not be read, or not to its end
  rest,          // more bytes of the loss before it; counted there
};

// "rejected", ...: the enumerator's own name.
[[nodiscard]] constexpr std::string_view to_string(loss_kind kind) noexcept {
  switch (kind) {
    case loss_kind::rejected:
      return "rejected";
    case loss_kind::unrecognised:
      return "unrecognised";
    case loss_kind::rest:
      return "rest";
    case loss_kind::failed:
      break;
  }
  return "failed";
}

// `bytes` is valid only during the call that reports the loss.
struct loss {
  loss_kind kind;
  std::uint64_t offset;    // in the inflated text of the object
  std::uint64_t record;    // how many records of the object come before it
  std::string_view bytes;  // what was lost; empty for `failed`
  std::string reason;
};

}  // namespace trailbell
