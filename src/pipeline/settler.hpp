// settler: takes what the lanes found in the order in which batches were taken, decides what
// becomes of each finding, and settles a batch when all that it caused is done.
//
// One thread runs it; the sources' drivers, lanes and sink workers reach it through queues.
#pragma once

#include <atomic>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pipeline/batch_state.hpp"
#include "pipeline/lane.hpp"
#include "pipeline/reject_queue.hpp"
#include "pipeline/sink_worker.hpp"
#include "pipeline/source_driver.hpp"
#include "trailbell/detect/correlation_stage.hpp"
#include "trailbell/model/batch_counts.hpp"
#include "trailbell/pipeline/service.hpp"
#include "trailbell/pipeline/settlement.hpp"

namespace trailbell::pipeline {

using work_queue = bounded_queue<std::shared_ptr<task>>;

class settler {
 public:
  struct surroundings {
    std::vector<std::unique_ptr<source_driver>>& sources;
    std::vector<std::unique_ptr<sink_worker>>& sinks;
    event_queue& events;
    work_queue& for_lanes;
    report_queue& reports;
    wake_queue& wake;
    observe::meter& meter;
    service_listener& listener;
  };

  settler(const service_options& options, service::keep_rejects keep, surroundings around);
  ~settler();

  // From any thread: batches that are handed out from now on are asked of these rules.
  void use_rules(std::shared_ptr<const detect::rule_set> rules);

  // Until every source has ended and all that can be settled is. Asks for the others to stop, by
  // `stop`, where one has failed.
  result<done> run(std::atomic<bool>& stop);

 private:
  void take_events(std::atomic<bool>& stop);
  void hand_out(std::size_t source, consume::source_batch batch);
  void give_up(std::size_t source, consume::receipt_id receipt);
  void take_reports();
  void collect();
  void follow_rules(const task& work);
  void finish(const std::atomic<bool>& stop);
  void collect_part(batch_id id, batch_state& batch, object_part& part);
  void take_finding(batch_id id, batch_state& batch, alert& found);
  void take_due(batch_id id, batch_state& batch);
  void pass_time();
  void deliver_due();
  void deliver(batch_id id, batch_state& batch);
  void finish_batch(batch_id id);
  void settle();
  void beat();
  void leave();

  const service_options& options_;
  surroundings around_;
  std::shared_ptr<const detect::rule_set> rules_;  // by the next batch
  bounded_queue<std::shared_ptr<const detect::rule_set>> next_rules_{16};
  std::shared_ptr<const detect::rule_set> correlated_;  // whose correlations those are
  std::unique_ptr<detect::correlation_stage> correlations_;
  std::vector<alert> due_;
  settlement settling_;
  std::unordered_map<batch_id, batch_state> open_;
  std::deque<batch_id> order_;  // those that are not read to their end
  std::map<std::pair<std::size_t, consume::receipt_id>, batch_id> by_receipt_;
  reject_queue rejects_;
  std::size_t required_ = 0;
  std::size_t alert_bytes_ = 0;  // handed to sinks and not reported
  std::size_t stored_bytes_ = 0;
  std::size_t ended_ = 0;
  bool drained_ = true;
  std::optional<error> failure_;
  batch_id last_id_ = 0;
  std::chrono::steady_clock::time_point beaten_{}, busy_{};
};

}  // namespace trailbell::pipeline
