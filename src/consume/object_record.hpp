// object_record: which objects of S3 are done with, in a file that outlives the process, for those
// who list a bucket to know what nobody announced.
//
// A line for each object that was acked: when, in seconds, and prints of its name and of its ETag,
// in hexadecimal; a line says up to when every object is done with. The file is only appended to,
// and written anew when most of it is of no use any more. What is lost of it, by a crash or a full
// disk, is read a second time, never left out.
//
// Bounded: by reach() in time, and in number; beyond that the oldest are forgotten.
//
// Thread-safety: save() from one thread, the others from any. Memory: some 50 bytes an object.
// Errors: usage, a file that is none of these or is in use; output_failed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

#include "consume/append_lines.hpp"
#include "consume/message_ledger.hpp"
#include "trailbell/base/descriptor.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::consume {

// What is in quarantine is done with for a listing, and not for who announces it again.
enum class done_by : std::uint8_t { reading, quarantine };

class object_record {
 public:
  struct options {
    std::string path;
    std::size_t objects_max = 0;
    std::int64_t since_ns = 0;  // of a record that is made: nothing older is anybody's duty
    log_function log;
  };

  // Made where it is not there.
  static result<std::unique_ptr<object_record>> open(options wishes);

  // By its name; by its ETag too, where both sides say one.
  [[nodiscard]] bool is_done(const object_identity& object, done_by how = done_by::reading) const;
  void add(const object_identity& object, done_by how, std::int64_t now_ns);

  // Every object that was there at that time, and not before since(), is done with.
  void reach(std::int64_t ns, std::int64_t forget_before_ns);
  [[nodiscard]] std::int64_t reached_ns() const;
  [[nodiscard]] std::int64_t since_ns() const noexcept { return since_ns_; }
  [[nodiscard]] std::size_t size() const;

  // Makes what was added durable. What could not be is kept, for the next attempt.
  result<done> save();

 private:
  struct kept {
    std::uint64_t version = 0;  // 0: nobody said
    std::uint32_t at_s = 0;     // since 1970
  };

  explicit object_record(options wishes) : options_{std::move(wishes)} {}
  [[nodiscard]] error failure(const char* doing) const;
  result<done> load();
  result<done> take(std::string_view line, std::uint64_t number);
  [[nodiscard]] std::string whole() const;
  void forget(std::uint32_t before_s);
  void keep_to_bound();

  options options_;
  descriptor lock_, file_;
  mutable std::mutex mutex_;                      // of all below
  std::unordered_map<std::uint64_t, kept> done_;  // by the print of the name
  std::int64_t since_ns_ = 0, reached_ns_ = 0;
  std::string unsaved_;
  std::size_t lines_ = 0;  // of the file
  bool is_due_anew_ = false;
};

}  // namespace trailbell::consume
