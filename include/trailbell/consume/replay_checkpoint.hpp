// replay_checkpoint: which objects a replay is done with, in a file that outlives it.
//
// A line for each object, `SIZE VERSION NAME`, the last two encoded as in a URL, appended once its
// alerts are where they belong; a last line that was cut is cut off. An object is known by its name
// and its version (of S3 the ETag, of a file size and time), so that one that changed is done
// again. The first two lines say what the file is, and what the replay was asked: with other rules
// or times it is refused, nothing would be looked at again.
//
// Thread-safety: is_done() may be called beside add() and save(), each from one thread. Memory:
// some 60 bytes for each line that was there. Errors: usage, a file that is none of these, is of
// another question, or is in use; unreadable, output_failed.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "trailbell/base/result.hpp"
#include "trailbell/consume/archive_source.hpp"

namespace trailbell::consume {

class replay_checkpoint {
 public:
  // Made where it is not there. `asked`: what must not change, in one line.
  static result<std::unique_ptr<replay_checkpoint>> open(const std::string& path,
                                                         const std::string& asked);
  replay_checkpoint(const replay_checkpoint&) = delete;
  replay_checkpoint& operator=(const replay_checkpoint&) = delete;
  ~replay_checkpoint();

  // By what the file said when it was opened.
  [[nodiscard]] bool is_done(const archive_item& item) const;
  [[nodiscard]] std::size_t size() const noexcept;
  void add(const archive_item& item);
  // Makes what was added durable.
  result<done> save();

 private:
  class state;
  explicit replay_checkpoint(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

}  // namespace trailbell::consume
