// sink_worker: gives alerts to one sink, again and again where that is what it takes.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/lane.hpp"
#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/pipeline/service.hpp"
#include "trailbell/pipeline/settlement.hpp"

namespace trailbell::pipeline {

// Alerts of one batch, for all sinks. Never changed once it is handed out.
struct alert_pack {
  std::vector<alert> alerts;
  std::vector<emit::transaction_record> records;  // for their transaction alone: rejects
  std::shared_ptr<const detect::rule_set> rules;  // whose labels they show
  std::size_t bytes = 0;                          // roughly
};

struct delivery_item {
  batch_id batch = 0;
  std::shared_ptr<const alert_pack> pack;
};

// An item was taken by a required sink, but for those that it can never take.
struct delivery_report {
  delivery_item item;
  struct refusal {
    std::size_t alert;
    std::string reason;
  };
  std::vector<refusal> refused;
  std::size_t sink = 0;
  bool required = true;
};

using report_queue = bounded_queue<delivery_report>;

class sink_worker {
 public:
  sink_worker(std::size_t number, service_sink to, observe::meter& meter,
              service_listener& listener, report_queue& reports, wake_queue& wake);

  [[nodiscard]] bool required() const noexcept { return to_.required; }
  // False: the queue of a sink that is not required is full; the alerts are counted as dropped.
  bool give(delivery_item item);
  void run();
  // No more items: run() returns when all are delivered.
  void close() { items_.close(); }
  // Gives up what cannot be delivered at once.
  void hurry();
  void reopen() { reopen_.store(true); }

 private:
  struct due {
    std::size_t item, alert;
  };

  void deliver(std::vector<delivery_item>& items);
  // False: given up.
  bool deliver_some(const std::vector<delivery_item>& items, std::vector<due> some,
                    std::vector<delivery_report>& reports);
  emit::delivery_result attempt(const std::vector<delivery_item>& items,
                                const std::vector<due>& some);
  void reopen_if_asked();

  std::size_t number_;
  service_sink to_;
  observe::meter& meter_;
  service_listener& listener_;
  report_queue& reports_;
  wake_queue& wake_;
  bounded_queue<delivery_item> items_;
  wake_queue hurried_{1};  // closed: hurry
  std::atomic<bool> reopen_{false};
  bool failing_ = false;
};

}  // namespace trailbell::pipeline
