#include "consume/offset_judge.hpp"

namespace trailbell::consume {

// A log that was cut back is written on by a later leader. One that was deleted and made anew may
// have the same epoch, and ends before what was read; if it has grown beyond that, nothing tells it
// from the old one.
offset_judge::place offset_judge::judge(std::int64_t offset, std::int32_t epoch, std::int64_t next,
                                        std::int32_t newest_epoch, const end_function& end_of_log) {
  if (offset >= next) {
    return place::next;
  }
  const bool in_row = repeated_ && below_ == next && offset > *repeated_;
  repeated_.reset();
  if (epoch > newest_epoch) {
    return place::log_restarted;
  }
  if (!in_row) {
    const std::optional<std::int64_t> end = end_of_log();
    if (!end || *end < next) {
      return place::log_restarted;
    }
  }
  repeated_ = offset;
  below_ = next;
  return place::repeated;
}

}  // namespace trailbell::consume
