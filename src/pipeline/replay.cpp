#include "trailbell/pipeline/replay.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "pipeline/dispatch.hpp"
#include "pipeline/finding_counts.hpp"
#include "pipeline/lane.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/detect/correlation_stage.hpp"
#include "trailbell/emit/dedup_window.hpp"
#include "trailbell/emit/fingerprint.hpp"

namespace trailbell::pipeline {
namespace {

constexpr std::chrono::milliseconds progress_interval{100};

// A time as CloudTrail writes it; two of them compare as texts do.
bool is_usual_time(std::string_view text) noexcept {
  constexpr std::string_view shape = "2023-07-10T11:54:47Z";
  return text.size() == shape.size() && text[10] == 'T' && text.back() == 'Z';
}

// Whether it is a time within these two, or none at all: told without reading it.
bool lies_between(std::string_view text, const std::optional<std::string>& first,
                  const std::optional<std::string>& last) noexcept {
  return first && last && is_usual_time(*first) && is_usual_time(*last) && is_usual_time(text) &&
         *first <= text && text <= *last;
}

// Takes the tasks' results in the order of the input: counts, suppresses, hands to the listener.
class collector {
 public:
  collector(const replay_options& options, replay_listener& listener,
            consume::read_control& control)
      : options_{options},
        listener_{listener},
        control_{control},
        correlations_{options.scan.rules->correlations()} {}

  // At the end of the input: what waited for others is judged.
  void finish() {
    correlations_.finish(due_);
    take_due();
    totals_.threshold_untimed = correlations_.tally().untimed;
    totals_.threshold_evicted = correlations_.tally().evicted;
    after_output(listener_.on_idle());
  }

  void collect(task_queue& in_order) {
    bool closed = false;
    while (!closed && !output_closed_) {
      if (in_order.empty()) {
        after_output(listener_.on_idle());
      }
      if (std::optional<task_ptr> work = in_order.pop_for(progress_interval, closed)) {
        collect_task(**work);
      }
      report_progress();
    }
    // Of an object that was left half way, what was seen of it.
    totals_.decoded.records += open_matched_ + open_rejected_;
    totals_.decoded.rejected += open_rejected_;
    totals_.matched += open_matched_;
  }

  [[nodiscard]] replay_totals& totals() noexcept { return totals_; }
  // Once the lanes have ended: bytes that were read twice, by a block and with the rest of its
  // file.
  [[nodiscard]] std::uint64_t bytes_read_twice() const {
    std::uint64_t twice = 0;
    for (const auto& [file, rest] : abandoned_) {
      twice += std::max(file->walked.load(), rest) - rest;
    }
    return twice;
  }
  [[nodiscard]] bool output_closed() const noexcept { return output_closed_; }

 private:
  void collect_task(task& work) {
    if (work.split && work.split->abandoned.load() && !work.rest) {
      work.results.close();
      return;
    }
    if (work.split && work.split.get() != split_) {
      split_ = work.split.get();
      records_before_ = 0;
      split_failed_ = false;
      ++totals_.objects;
    }
    bool closed = false;
    while (!closed && !output_closed_) {
      if (work.results.empty()) {
        after_output(listener_.on_idle());
      }
      if (std::optional<batch> some = work.results.pop_for(progress_interval, closed)) {
        for (object_part& part : some->parts) {
          collect_part(work, part);
        }
      }
      report_progress();
    }
    work.results.close();
  }

  void collect_part(const task& work, object_part& part) {
    object_position place;
    if (work.split) {
      place.name = work.split->path;
    } else {
      place = work.objects[part.object].place();
    }
    const std::uint64_t records_before = work.split ? records_before_ : 0;
    totals_.bytes_inflated += part.bytes_inflated;
    open_matched_ += part.found.matched;
    for (owned_loss& lost : part.found.losses) {
      open_rejected_ += lost.kind == loss_kind::rejected ? 1 : 0;
      lost.record += records_before;
      lost.offset += work.split ? work.begin : 0;
      listener_.on_loss(place, lost);
    }
    for (alert& found : part.found.alerts) {
      found.record += records_before;
      if (found.burst) {
        found.place = place;
        take_waiting(std::move(found));
      } else {
        take_finding(found, place);
      }
    }
    if (part.last) {
      finish_object(work, part.outcome);
      if (!work.split && !part.outcome.failed && !output_closed_) {
        listener_.on_done(work.objects[part.object]);
      }
    }
  }

  void finish_object(const task& work, const decode::decode_outcome& outcome) {
    totals_.decoded += outcome.tally;
    totals_.matched += std::exchange(open_matched_, 0);
    open_rejected_ = 0;
    if (!work.split) {
      ++totals_.objects;
      totals_.objects_failed += outcome.failed ? 1 : 0;
      return;
    }
    records_before_ += outcome.tally.records;
    if (outcome.failed && !std::exchange(split_failed_, true)) {
      ++totals_.objects_failed;
    }
    if (outcome.stopped_at) {
      collect_rest(work, work.begin + *outcome.stopped_at);
    }
  }

  // The file is not one record a line after all: what its other blocks found is thrown away, and
  // the rest is walked as a whole.
  void collect_rest(const task& block, std::uint64_t begin) {
    block.split->abandoned.store(true);
    abandoned_.emplace_back(block.split, begin);
    task rest;
    rest.split = block.split;
    rest.begin = begin;
    rest.end = block.split->file.size();
    rest.rest = true;
    std::thread worker{[&] { lane{options_, control_}.run(rest); }};
    collect_task(rest);
    worker.join();
  }

  // A record that counts for a threshold or a correlation. The same one read twice counts once.
  void take_waiting(alert match) {
    if (!options_.dedup || waiting_dedup_.admit(match.fingerprint)) {
      correlations_.add(std::move(match), due_);
      take_due();
    }
  }

  void take_due() {
    for (alert& found : due_) {
      found.fingerprint = emit::group_fingerprint(found.fingerprint, found.burst->group);
      const bool first = found.burst->only_finding &&
                         fired_.admit(to_string(found.place) + '\0' + std::to_string(found.record));
      totals_.matched += first ? 1 : 0;
      take_finding(found, object_position{found.place});
    }
    due_.clear();
  }

  void take_finding(alert& found, const object_position& place) {
    if (output_closed_) {
      return;
    }
    note_time(found);
    if (found.suppressed_by_rule) {
      counts_.suppress(found, totals_.suppressed_by_rule);
      return;
    }
    if (options_.dedup && !dedup_.admit(found.fingerprint)) {
      counts_.suppress(found, totals_.suppressed_by_dedup);
      return;
    }
    counts_.accept(found);
    found.place = place;
    after_output(listener_.on_alert(found));
  }

  // What has not arrived when the output fails was no alert.
  void after_output(bool open) {
    if (open) {
      counts_.keep_back(listener_.unwritten());
    } else if (!std::exchange(output_closed_, true)) {
      counts_.take_back(listener_.unwritten());
      control_.stop.store(true);
    }
  }

  void note_time(const alert& found) {
    if (found.event_time &&
        lies_between(*found.event_time, totals_.first_match_time, totals_.last_match_time)) {
      return;
    }
    const auto time = found.event_time ? parse_rfc3339(*found.event_time) : std::nullopt;
    if (!time) {
      return;
    }
    if (!first_ns_ || *time < *first_ns_) {
      first_ns_ = time;
      totals_.first_match_time = found.event_time;
    }
    if (!last_ns_ || *time > *last_ns_) {
      last_ns_ = time;
      totals_.last_match_time = found.event_time;
    }
  }

  void report_progress() {
    const auto now = std::chrono::steady_clock::now();
    if (now - reported_ >= progress_interval) {
      reported_ = now;
      listener_.on_progress(totals_);
    }
  }

  const replay_options& options_;
  replay_listener& listener_;
  consume::read_control& control_;
  replay_totals totals_;
  finding_counts counts_{totals_};
  std::uint64_t open_matched_ = 0, open_rejected_ = 0;  // of the object that is being collected
  emit::dedup_window dedup_, waiting_dedup_;
  detect::correlation_stage correlations_;
  std::vector<alert> due_;
  emit::dedup_window fired_;  // records that such alerts made matched
  std::optional<std::int64_t> first_ns_, last_ns_;
  std::chrono::steady_clock::time_point reported_ = std::chrono::steady_clock::now();
  bool output_closed_ = false;
  // Of the split file whose blocks are being collected.
  const split_file* split_ = nullptr;
  std::uint64_t records_before_ = 0;
  bool split_failed_ = false;
  // Files that were no lines after all, and where the rest begins that was walked whole.
  std::vector<std::pair<std::shared_ptr<split_file>, std::uint64_t>> abandoned_;
};

}  // namespace

replay_totals run_replay(const replay_options& options, replay_listener& listener,
                         consume::read_control& control) {
  const auto began = std::chrono::steady_clock::now();
  const auto tasks_max = limits::tasks_waiting_a_lane * static_cast<std::size_t>(options.lanes);
  task_queue for_lanes{tasks_max};
  task_queue in_order{tasks_max};
  dispatcher dispatch{options, control, for_lanes, in_order};
  std::vector<std::thread> threads;
  threads.emplace_back([&] { dispatch.run(); });
  for (int i = 0; i < options.lanes; ++i) {
    threads.emplace_back([&] {
      lane worker{options, control};
      while (std::optional<task_ptr> work = for_lanes.pop()) {
        worker.run(**work);
      }
    });
  }
  collector results{options, listener, control};
  results.collect(in_order);
  results.finish();

  // Where the output ended early, nobody takes what is still on its way: let its givers go.
  in_order.close();
  while (std::optional<task_ptr> unwanted = in_order.pop()) {
    (*unwanted)->results.close();
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  replay_totals totals = std::move(results.totals());
  totals.bytes_read = control.bytes_read.load() - results.bytes_read_twice();
  totals.objects_done_before = dispatch.done_before();
  totals.interrupted = control.stop.load() && !results.output_closed();
  totals.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  return totals;
}

}  // namespace trailbell::pipeline
