// dispatch: makes tasks of the archive's files, in order.
#pragma once

#include <memory>
#include <optional>

#include "pipeline/lane.hpp"
#include "trailbell/consume/object_source.hpp"

namespace trailbell::pipeline {

using task_ptr = std::shared_ptr<task>;
using task_queue = bounded_queue<task_ptr>;

class dispatcher {
 public:
  dispatcher(const replay_options& options, consume::read_control& control, task_queue& for_lanes,
             task_queue& in_order)
      : options_{options},
        source_{options.paths, options.s3, control},
        control_{control},
        for_lanes_{for_lanes},
        in_order_{in_order} {}

  // To the end of the archive, or until stopped. Closes both queues.
  void run();
  // Objects that the checkpoint says were done. Once run() has ended.
  [[nodiscard]] std::uint64_t done_before() const noexcept { return done_before_; }

 private:
  bool give(task_ptr work);
  bool give_next();
  bool add(consume::archive_item item);
  bool split(const consume::archive_item& item);
  bool split_lines(const std::shared_ptr<split_file>& file, std::uint64_t begin);

  const replay_options& options_;
  consume::object_source source_;
  const consume::read_control& control_;
  task_queue& for_lanes_;
  task_queue& in_order_;
  task_ptr next_ = std::make_shared<task>();
  std::uint64_t next_bytes_ = 0;
  std::uint64_t done_before_ = 0;
};

}  // namespace trailbell::pipeline
