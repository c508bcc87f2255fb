// quarantine: a folder for input that could not be read, each piece with its position and reason.
//
// A piece is two files: NAME.bin, its bytes, and NAME.json, {path, offset, record, kind, reason}.
// NAME is made of the path, the offset and the record, so that a second run overwrites and never
// piles up.
// Thread-safety: none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::emit {

struct quarantine_entry {
  std::string path;
  std::uint64_t offset = 0;
  std::uint64_t record = 0;
  std::string_view kind;  // "rejected", "unrecognised", "failed", or "rest" of what came before it
  std::string_view reason;
  std::string_view bytes;  // for "failed" the file itself is copied instead
};

class quarantine {
 public:
  // Makes the folder where it is missing.
  static result<quarantine> open(const std::string& folder);
  result<done> put(const quarantine_entry& entry);

 private:
  explicit quarantine(std::string folder) : folder_{std::move(folder)} {}

  std::string folder_;
};

}  // namespace trailbell::emit
