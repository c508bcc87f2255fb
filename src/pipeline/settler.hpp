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
#include "pipeline/sink_worker.hpp"
#include "pipeline/source_driver.hpp"
#include "pipeline/transaction_worker.hpp"
#include "trailbell/detect/correlation_stage.hpp"
#include "trailbell/model/batch_counts.hpp"
#include "trailbell/pipeline/return_barrier.hpp"
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
    transaction_worker* transactions;  // or nothing: sinks hold the acknowledgement
    transaction_reports& transaction_ends;
  };

  settler(const service_options& options, service::keep_reject keep, surroundings around);
  ~settler();

  // From any thread: batches that are handed out from now on are asked of these rules.
  void use_rules(std::shared_ptr<const detect::rule_set> rules);

  // Until every source has ended and all that can be settled is. Asks for the others to stop, by
  // `stop`, where one has failed.
  result<done> run(std::atomic<bool>& stop);

 private:
  void take_events(std::atomic<bool>& stop);
  void hand_out(std::size_t source, consume::source_batch batch);
  void give_up(std::size_t source, const std::vector<consume::receipt_id>& receipts);
  void give_back(batch_id id);
  void take_reports();
  void collect();
  void follow_rules(const task& work);
  void finish(std::atomic<bool>& stop);
  void collect_part(batch_id id, batch_state& batch, object_part& part);
  void take_finding(batch_id id, batch_state& batch, alert& found);
  void take_due(batch_id id, batch_state& batch);
  void pass_time();
  void deliver_due();
  void deliver(batch_id id, batch_state& batch);
  bool keep_rejects(batch_state& batch);
  bool keep(const reject& what);
  void finish_batch(batch_id id);
  void settle();
  // With transactions; settler_transactions.cpp.
  void refuse_alerts(batch_state& batch);
  void hand_over(batch_id id, batch_state& batch);
  void hand_over_due();
  void take_transaction_ends(std::atomic<bool>& stop);
  void take_commit(transaction_report& report);
  void begin_round();
  void beat();
  void leave();

  const service_options& options_;
  service::keep_reject keep_;
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
  std::deque<delivery_report> reports_;  // that wait for quarantine
  std::size_t required_ = 0;
  std::size_t alert_bytes_ = 0;  // handed to sinks and not reported
  std::size_t stored_bytes_ = 0;
  std::size_t ended_ = 0;
  bool drained_ = true;
  std::optional<std::chrono::steady_clock::time_point> stuck_since_;  // quarantine takes nothing
  std::optional<error> failure_;
  std::uint64_t round_ = 0;
  return_barrier returns_;
  std::deque<batch_id> due_batches_;                  // of deliver_due(), to be handed over
  std::map<batch_id, delivery_item> without_source_;  // those that were: nobody reads them again
  std::map<std::string, std::string> refused_;        // alerts that the broker will not store
  batch_id last_id_ = 0;
  std::chrono::steady_clock::time_point beaten_{}, busy_{};
};

}  // namespace trailbell::pipeline
