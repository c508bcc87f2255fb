// replay: archives through the pipeline, in order, on several threads.
//
// One thread walks the folders and hands out tasks: a few small files, or a block of a large one.
// Objects of S3 are listed and fetched ahead of the lanes, on threads of their own (object_source).
// Each lane decodes and scans a task; what it finds comes back through the task's own queue. The
// calling thread takes the tasks in the order of the input, so that the output is the same for any
// number of lanes. Every queue is bounded: a slow output holds the lanes back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "trailbell/base/limits.hpp"
#include "trailbell/consume/file_bytes.hpp"
#include "trailbell/consume/object_source.hpp"
#include "trailbell/consume/replay_checkpoint.hpp"
#include "trailbell/model/replay_totals.hpp"
#include "trailbell/pipeline/scan.hpp"

namespace trailbell::pipeline {

struct replay_options {
  std::vector<std::string> paths;
  int lanes = 1;  // 1 to limits::lanes_max
  bool strict = false;
  bool dedup = true;
  std::uint64_t object_bytes_max = limits::object_bytes_max;
  scan_options scan;
  std::optional<consume::s3_access> s3{};            // where a path is s3://
  const consume::replay_checkpoint* done = nullptr;  // objects in it are left out
};

// What happens to what a replay finds. Called on the thread that runs the replay, in input order.
class replay_listener {
 public:
  replay_listener() = default;
  replay_listener(const replay_listener&) = delete;
  replay_listener& operator=(const replay_listener&) = delete;
  virtual ~replay_listener() = default;

  // False: the output takes no more; the replay ends.
  virtual bool on_alert(alert& found) = 0;
  virtual void on_loss(const object_position& place, const owned_loss& lost) = 0;
  // An object was read to its end, and all that it caused was told. Not of one that failed.
  virtual void on_done(const consume::archive_item&) {}
  // Nothing is waiting to be taken: a good time to flush. False as above.
  virtual bool on_idle() = 0;
  // How many of the alerts given last are not known to have arrived.
  virtual std::size_t unwritten() const = 0;
  // Several times a second.
  virtual void on_progress(const replay_totals& so_far) = 0;
};

// Runs to the end of the input, to `control.stop`, or to the output's end.
replay_totals run_replay(const replay_options& options, replay_listener& listener,
                         consume::read_control& control);

}  // namespace trailbell::pipeline
