// batch_state: one batch on its way through the settler, and what it did so far.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "pipeline/lane.hpp"
#include "trailbell/model/batch_counts.hpp"
#include "trailbell/pipeline/return_barrier.hpp"
#include "trailbell/pipeline/service.hpp"
#include "trailbell/pipeline/settlement.hpp"

namespace trailbell::pipeline {

class batch_state {
 public:
  bool has_source = true;  // false: alerts that came due, which nobody gives again
  std::size_t source = 0;
  consume::receipt_id receipt = 0;
  consume::reading what = consume::reading::fresh;
  std::shared_ptr<task> work;  // until it is read
  std::size_t weight = 0;
  source_kind kind = source_kind::file;  // of the source
  batch_counts counts;
  // Records that alerts of several made records with a finding, by the kind of their source.
  std::map<source_kind, std::uint64_t> found_later;
  std::vector<std::string> fired;                 // these records
  std::vector<alert> found;                       // to be handed to the sinks
  std::vector<reject> rejects;                    // to be kept
  std::vector<emit::transaction_record> records;  // rejects that its transaction stores, ...
  std::size_t record_bytes = 0;                   // ... and what they weigh
  bool read = false;                              // all its parts were seen
  bool counted = false;             // for windows that are kept: it waits to be covered by them,
  std::uint64_t covered_by = 0;     // as this number of them; see window_keeper
  std::vector<batch_id> followers;  // that wait until this one is acked
  return_barrier::partition from;
  std::int64_t end = 0;   // of messages: the offset that is reached with it
  bool given_up = false;  // by its source, which does not hold it any more

  // It is settled by what is stored of it, or up to it.
  [[nodiscard]] bool has_position() const noexcept {
    using consume::reading;
    return has_source &&
           (what == reading::fresh || what == reading::start || what == reading::quiet);
  }
  // Of one of its objects, or of the file that it is.
  [[nodiscard]] object_position place_of(std::size_t object) const;
  // What could not be read: to the rejects, the numbers and the log.
  void take_losses(object_part& part, service_listener& listener);
  // A finding, before it is known whether it is suppressed; detected_at_ns is set.
  void count(const alert& finding);

 private:
  void count_canary(const alert& finding);

  std::uint64_t matched_record_ = 0;  // 1 + the record of the last finding, and its object
  std::size_t matched_object_ = 0;
  std::optional<std::size_t> failed_object_;
};

}  // namespace trailbell::pipeline
