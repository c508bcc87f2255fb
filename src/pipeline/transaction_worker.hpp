// transaction_worker: stores batches, their alerts and their positions, by one transaction after
// another.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "pipeline/refused_alerts.hpp"
#include "pipeline/sink_worker.hpp"
#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/emit/backoff.hpp"
#include "trailbell/pipeline/service.hpp"
#include "trailbell/pipeline/transaction_plan.hpp"

namespace trailbell::pipeline {

// What the settler has for it, in order: one of these.
struct transaction_item {
  std::uint64_t round = 0;  // of a batch
  delivery_item batch;      // whole; without a pack where it caused no alert
  std::optional<emit::stored_position> at;
  std::vector<batch_id> forget;  // these are given up: not to be stored any more
  std::optional<std::string> membership;
};

struct transaction_report {
  enum class kind : std::uint8_t {
    committed,  // these batches are stored
    forgotten,  // these are not, and never will be
    aborted,    // nothing that this worker was given and did not report is stored: a new round
    ended,      // as aborted, and nothing will ever be stored again
  };
  kind what = kind::committed;
  std::vector<delivery_item> batches;
  // With aborted: alerts never to be tried again, and why.
  std::vector<std::pair<refused_alert, std::string>> refused;
  std::string reason;  // of aborted and ended
};

using transaction_reports = bounded_queue<transaction_report>;

class transaction_worker {
 public:
  // Borrows all but the sink.
  transaction_worker(service_sink to, observe::meter& meter, service_listener& listener,
                     transaction_reports& reports, wake_queue& wake,
                     transaction_bounds bounds = {});

  // From the settling thread. Never waits: what it is given is bounded by what is in flight.
  void give(transaction_item item) { items_.push(std::move(item)); }
  [[nodiscard]] std::optional<std::string> refuses(const alert& what) const {
    return to_.by_transaction->refuses(what);
  }

  // Of a reject, what a transaction stores; nothing: it is to be kept before.
  [[nodiscard]] std::optional<emit::quarantine_records> records_of(const reject& what) const {
    return to_.by_transaction->records_of(entry_of(what));
  }

  void run();
  void close() { items_.close(); }
  // Gives up what cannot be ended at once.
  void hurry() { to_.by_transaction->hurry(); }

 private:
  using time = transaction_plan::time;

  void take(transaction_item item);
  void run_transaction();
  void say(transaction_report report);

  service_sink to_;
  observe::meter& meter_;
  service_listener& listener_;
  transaction_reports& reports_;
  wake_queue& wake_;
  transaction_plan plan_;
  std::unordered_map<batch_id, delivery_item> waiting_;  // what the plan's batches hold
  emit::backoff waits_;
  bounded_queue<transaction_item> items_;
  bool failing_ = false;
  bool ended_ = false;
};

}  // namespace trailbell::pipeline
