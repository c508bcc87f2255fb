// What was done with the input, in numbers that must add up.
//
// Thread-safety: a value; each lane has its own and they are added.
#pragma once

#include <cstdint>

namespace trailbell {

// Things that were recognised and are no records.
struct skipped_tally {
  std::uint64_t digest = 0, insight = 0, control = 0, notification = 0, empty = 0;

  skipped_tally& operator+=(const skipped_tally& more) noexcept {
    digest += more.digest;
    insight += more.insight;
    control += more.control;
    notification += more.notification;
    empty += more.empty;
    return *this;
  }
  [[nodiscard]] std::uint64_t total() const noexcept {
    return digest + insight + control + notification + empty;
  }
  bool operator==(const skipped_tally&) const = default;
};

// Of one object, or of a part of one. records counts the rejected too.
struct decode_tally {
  std::uint64_t records = 0;
  std::uint64_t rejected = 0;      // <= records
  std::uint64_t unrecognised = 0;  // JSON values that are no CloudTrail envelope
  skipped_tally skipped;

  decode_tally& operator+=(const decode_tally& more) noexcept {
    records += more.records;
    rejected += more.rejected;
    unrecognised += more.unrecognised;
    skipped += more.skipped;
    return *this;
  }
  // False: nothing in the object was anything that trailbell knows.
  [[nodiscard]] bool yielded() const noexcept {
    return records > rejected || unrecognised > 0 || skipped.total() > 0;
  }
  bool operator==(const decode_tally&) const = default;
};

}  // namespace trailbell
