// dispatch: makes tasks of the archive's files, in order.
#pragma once

#include <memory>
#include <optional>

#include "pipeline/lane.hpp"
#include "trailbell/consume/archive_source.hpp"

namespace trailbell::pipeline {

using task_ptr = std::shared_ptr<task>;
using task_queue = bounded_queue<task_ptr>;

class dispatcher {
 public:
  dispatcher(const replay_options& options, const consume::read_control& control,
             task_queue& for_lanes, task_queue& in_order)
      : source_{options.paths}, control_{control}, for_lanes_{for_lanes}, in_order_{in_order} {}

  // To the end of the archive, or until stopped. Closes both queues.
  void run();

 private:
  bool give(task_ptr work);
  bool split(const consume::archive_item& item);
  bool split_lines(const std::shared_ptr<split_file>& file, std::uint64_t begin);

  consume::archive_source source_;
  const consume::read_control& control_;
  task_queue& for_lanes_;
  task_queue& in_order_;
};

}  // namespace trailbell::pipeline
