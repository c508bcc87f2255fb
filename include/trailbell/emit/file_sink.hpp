// Sinks of the machine itself: a file that is rotated, and standard output.
//
// Thread-safety and ownership: as sink.hpp has it. Errors of opening name the path, the cause and
// the remedy.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "trailbell/base/result.hpp"
#include "trailbell/emit/alert_writer.hpp"
#include "trailbell/emit/sink.hpp"

namespace trailbell::emit {

// Beyond what a kill of the process cannot take: when alerts are accepted, they are in the kernel
// (none), or on the disk, and survive a power cut (batch; a wait for the disk a delivery).
enum class file_sync : std::uint8_t { none, batch };

struct file_sink_options {
  std::string path;
  alert_style style;
  std::uint64_t rotate_bytes = 0;        // before the file would grow beyond; 0: never
  std::chrono::seconds rotate_every{0};  // since the file was begun; 0: never
  std::size_t keep = 0;                  // rotated files, the newest; 0: all
  file_sync sync = file_sync::none;
  std::function<std::int64_t()> now_ns;  // since the Unix epoch; empty: the system's clock
};

// Appends whole lines. A delivery arrives whole or not at all: where the disk is full or fails,
// what was written of it is cut off again, and the result is `retry` with the cause.
//
// At the start, an incomplete last line that a crash left is cut off; one that cannot be
// trailbell's is completed. The file is locked (flock) while it is open, so that a second process
// or sink on it is refused. Rotation renames it to PATH.20260304T050607Z, with -1, -2 ... where
// that is taken; a folder that forbids this is an error at the start, and later no reason not to
// write. A file that was renamed or deleted is opened anew at the next delivery, on_idle() or
// reopen(); one that was copied and truncated is appended to. A device such as /dev/null is written
// to, without all this.
[[nodiscard]] result<std::unique_ptr<sink>> open_file_sink(file_sink_options options);

struct stdout_sink_options {
  alert_style style;
  std::chrono::milliseconds timeout{10'000};  // that a reader may take nothing in
  // Called, from the sink's thread and once, when nobody reads standard output any more: the
  // service is to be stopped then, and may end with success. What did not arrive is `retry`, never
  // accepted: it is not acknowledged, and comes again at the next start.
  std::function<void()> on_closed;
  int descriptor = 1;  // borrowed
};

// Writes whole lines; a line that was begun is finished before another one. SIGPIPE has to be
// ignored.
[[nodiscard]] std::unique_ptr<sink> open_stdout_sink(stdout_sink_options options);

}  // namespace trailbell::emit
