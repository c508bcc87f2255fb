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
#include "pipeline/refused_alerts.hpp"
#include "pipeline/reject_queue.hpp"
#include "pipeline/sink_worker.hpp"
#include "pipeline/source_driver.hpp"
#include "pipeline/stateful_rules.hpp"
#include "pipeline/transaction_worker.hpp"
#include "pipeline/window_keeper.hpp"
#include "trailbell/model/batch_counts.hpp"
#include "trailbell/pipeline/return_barrier.hpp"
#include "trailbell/pipeline/service.hpp"
#include "trailbell/pipeline/settlement.hpp"

namespace trailbell::pipeline {

using work_queue = bounded_queue<std::shared_ptr<task>>;

// It goes round at least so often.
inline constexpr std::chrono::milliseconds settler_wake_interval{100};

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
    window_keeper& windows;
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
  void give_up(std::size_t source, const std::vector<consume::receipt_id>& receipts);
  void give_back(batch_id id);
  void take_reports();
  void collect();
  void finish(std::atomic<bool>& stop);
  void collect_part(batch_id id, batch_state& batch, object_part& part);
  void take_finding(batch_id id, batch_state& batch, alert& found);
  void take_due(batch_id id, batch_state& batch, alert& found);
  void pass_time();
  [[nodiscard]] bool is_quiet() const;
  void deliver_due();
  void complete(batch_id id);
  void deliver(batch_id id, batch_state& batch);
  void finish_batch(batch_id id);
  void settle();
  void acknowledge(batch_id id);
  void count_found_later(batch_state& batch);
  void keep_windows(bool ending);
  void tell_cut(const batch_counts& counts);
  // With transactions; settler_transactions.cpp.
  void refuse_alerts(batch_state& batch);
  bool rejects_are_kept(batch_id id, batch_state& batch);
  void queue_rejects(batch_id id, batch_state& batch);
  bool take_along(batch_state& batch, const reject& what);
  void attach_due(batch_id id, batch_state& batch);
  bool hand_over_read(batch_id id, batch_state& batch);
  void hand_over(batch_id id, batch_state& batch);
  void hand_over_due();
  void take_transaction_ends(std::atomic<bool>& stop);
  void take_commit(transaction_report& report);
  void begin_round();
  void renew_due();
  void beat();
  void leave();

  const service_options& options_;
  surroundings around_;
  std::shared_ptr<const detect::rule_set> rules_;  // by the next batch
  bounded_queue<std::shared_ptr<const detect::rule_set>> next_rules_{16};
  stateful_rules stateful_;
  std::vector<alert> due_;
  emit::dedup_window fired_{
      {.entries = limits::counted_records_max}};      // records that alerts of several made records
                                                      // with a finding
  std::map<source_kind, std::uint64_t> found_later_;  // and that still count as passed
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
  std::uint64_t round_ = 0;
  return_barrier returns_;
  std::deque<batch_id> due_batches_;                  // of deliver_due(), to be handed over
  std::map<batch_id, delivery_item> without_source_;  // those that were: nobody reads them again
  refused_alerts refused_;
  batch_id last_id_ = 0;
  bool begun_ = false;     // the first of order_ is partly read
  batch_id last_due_ = 0;  // the newest of alerts of several records
  std::chrono::steady_clock::time_point beaten_{}, busy_{};
};

}  // namespace trailbell::pipeline
