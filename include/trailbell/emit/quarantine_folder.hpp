// The quarantine that is a folder.
//
// A piece is two files: NAME.bin, its bytes, and NAME.json, {path (of a file), position, offset,
// record, kind, reason, bytes}. A file takes its name when it is complete, the .json last: where it
// stands, the piece is whole. A failed file is copied; where it cannot be (any more), the .json
// says why under "not_copied", so that work goes on.
//
// Durable pieces are synced together, before any of them takes its name: a few by themselves, many
// by syncing the file system that the folder is on, at once.
//
// Thread-safety: none. One process a folder, where it is bounded. Errors: output_failed where
// something cannot be written, too_large where the folder is full.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/emit/quarantine.hpp"

namespace trailbell::emit {

struct quarantine_options {
  std::string folder;
  std::uint64_t max_bytes = 0;  // of all files in the folder; 0: no bound
  bool durable = true;          // a piece that was put survives a power cut
};

class quarantine_folder final : public quarantine {
 public:
  // Makes the folder where it is missing, counts what it holds, and deletes what a crash left
  // unfinished.
  static result<quarantine_folder> open(quarantine_options options);

  kept_entries put(std::span<const quarantine_entry> entries) override;

  // What the folder holds, as far as this process knows: what somebody else takes away is noticed
  // when the folder would be full.
  [[nodiscard]] std::uint64_t used_bytes() const noexcept { return used_bytes_; }

 private:
  struct piece;  // written, and without its name yet

  explicit quarantine_folder(quarantine_options options) : options_{std::move(options)} {}

  void put_some(std::span<const quarantine_entry> entries, kept_entries& kept);
  result<done> write(const quarantine_entry& entry, std::vector<piece>& written);
  result<done> make_durable(const std::vector<piece>& written) const;
  result<done> name(std::vector<piece>& written);
  [[nodiscard]] result<done> room_for(const std::vector<piece>& written, std::uint64_t replaced,
                                      std::uint64_t needed);
  [[nodiscard]] error failure(const char* what) const;
  void count();

  quarantine_options options_;
  std::uint64_t used_bytes_ = 0;
};

}  // namespace trailbell::emit
