// quarantine: where input goes that could not be read, each piece with its position and reason.
//
// What names a piece is made of its position, offset, record and kind: keeping one again takes the
// place of the first, and never piles up.
//
// Thread-safety: none. Ownership: borrows the entries for the call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"
#include "trailbell/model/position.hpp"

namespace trailbell::emit {

struct quarantine_entry {
  object_position place;
  std::uint64_t offset = 0;  // in the inflated text of the object
  std::uint64_t record = 0;
  std::string_view kind;  // "rejected", "unrecognised", "failed", or "rest" of what came before it;
                          // "refused": an alert that no sink takes
  std::string_view reason;
  std::string_view bytes;       // of a "failed" file on disk none: the file itself is copied
  std::string_view alert_id{};  // of "refused": one record may have brought about several alerts
};

struct kept_entries {
  std::size_t count = 0;         // the first ones of those that were given: kept for good
  std::optional<error> failure;  // why not all; the others may be given again
  std::size_t cut = 0;           // of those that are kept: not whole, and said so beside the piece
};

class quarantine {
 public:
  virtual ~quarantine() = default;

  // Many cost little more than one: what makes them durable is done once for all.
  virtual kept_entries put(std::span<const quarantine_entry> entries) = 0;
  result<done> put_one(const quarantine_entry& entry) {
    const kept_entries kept = put({&entry, 1});
    return kept.failure ? result<done>{*kept.failure} : result<done>{done{}};
  }
  // To be called about once a second.
  virtual void attend() {}

 protected:
  quarantine() = default;
  quarantine(quarantine&&) = default;
  quarantine& operator=(quarantine&&) = default;
};

}  // namespace trailbell::emit
