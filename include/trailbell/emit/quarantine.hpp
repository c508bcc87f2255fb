// quarantine: a folder for input that could not be read, each piece with its position and reason.
//
// A piece is two files: NAME.bin, its bytes, and NAME.json, {path (of a file), position, offset,
// record, kind, reason, bytes}. NAME is made of the position, the offset, the record and the kind,
// so that a second run overwrites and never piles up. A file takes its name when it is complete,
// the .json last: where it stands, the piece is whole. A failed file is copied; where it cannot be
// (any more), the .json says why under "not_copied", so that work goes on.
//
// Thread-safety: none. One process a folder, where it is bounded. Errors: output_failed where
// something cannot be written, too_large where the folder is full; the piece is not kept then, and
// putting it again may succeed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "trailbell/base/result.hpp"
#include "trailbell/model/position.hpp"

namespace trailbell::emit {

struct quarantine_entry {
  object_position place;
  std::uint64_t offset = 0;  // in the inflated text of the object
  std::uint64_t record = 0;
  std::string_view kind;  // "rejected", "unrecognised", "failed", or "rest" of what came before it
  std::string_view reason;
  std::string_view bytes;  // of a "failed" file on disk none: the file itself is copied
};

struct quarantine_options {
  std::string folder;
  std::uint64_t max_bytes = 0;  // of all files in the folder; 0: no bound
  bool durable = true;          // a piece that was put survives a power cut
};

class quarantine {
 public:
  // Makes the folder where it is missing, counts what it holds, and deletes what a crash left
  // unfinished.
  static result<quarantine> open(quarantine_options options);
  result<done> put(const quarantine_entry& entry);

  // What the folder holds, as far as this process knows: what somebody else takes away is noticed
  // when the folder would be full.
  [[nodiscard]] std::uint64_t used_bytes() const noexcept { return used_bytes_; }

 private:
  explicit quarantine(quarantine_options options) : options_{std::move(options)} {}

  result<done> make_room(std::uint64_t replaced, std::uint64_t needed);
  void count();

  quarantine_options options_;
  std::uint64_t used_bytes_ = 0;
};

}  // namespace trailbell::emit
