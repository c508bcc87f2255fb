#include "trailbell/pipeline/service.hpp"

#include <thread>
#include <utility>

#include "pipeline/settler.hpp"
#include "pipeline/sink_worker.hpp"
#include "pipeline/source_driver.hpp"
#include "pipeline/transaction_worker.hpp"
#include "trailbell/base/ensure.hpp"

namespace trailbell::pipeline {
namespace {

// Workers wait where the settler is behind with as many.
constexpr std::size_t reports_waiting_max = 1024;

replay_options lane_options(const service_options& options,
                            std::shared_ptr<const detect::rule_set> rules) {
  replay_options lanes;
  lanes.object_bytes_max = options.object_bytes_max;
  lanes.scan.rules = std::move(rules);
  lanes.scan.keep_lost_bytes = true;
  return lanes;
}

// A record waits for what is late as long as allowed_lateness; and what is measured is the time at
// which records came, not when they happened: the way may be longer for one by as much again.
std::chrono::nanoseconds look_back_of(const detect::rule_set& rules) {
  const std::int64_t reach = reach_ns(rules.correlations());
  return std::chrono::nanoseconds{reach == 0 ? 0 : reach + 2 * limits::allowed_lateness_ns};
}

}  // namespace

// The threads and the queues between them, in the order in which they are made.
class service::running {
 public:
  running(service_options options, std::shared_ptr<const detect::rule_set> rules,
          std::vector<std::unique_ptr<consume::source>> sources, std::vector<service_sink> sinks,
          keep_rejects keep, observe::meter& meter, service_listener& listener)
      : options_{options},
        lane_options_{lane_options(options, rules)},
        events_{(2 * limits::batches_in_flight_max + 1) * sources.size()},
        for_lanes_{limits::batches_in_flight_max * sources.size()},
        windows_{options_.windows, listener, wake_} {
    for (std::unique_ptr<consume::source>& from : sources) {
      drivers_.push_back(std::make_unique<source_driver>(drivers_.size(), std::move(from), options_,
                                                         stop_, meter, listener, events_, wake_));
    }
    for (service_sink& to : sinks) {
      if (to.by_transaction) {
        ensure(!transactions_, "one sink stores by transactions");
        transactions_ = std::make_unique<transaction_worker>(std::move(to), meter, listener,
                                                             transaction_ends_, wake_);
        continue;
      }
      workers_.push_back(std::make_unique<sink_worker>(workers_.size(), std::move(to), meter,
                                                       listener, reports_, wake_));
    }
    settler_ = std::make_unique<settler>(
        options_, std::move(keep),
        settler::surroundings{drivers_, workers_, events_, for_lanes_, reports_, wake_, meter,
                              listener, transactions_.get(), transaction_ends_, windows_});
    use_rules(std::move(rules));
  }

  result<done> run() {
    std::vector<std::thread> threads;
    threads.reserve(workers_.size() + drivers_.size() + static_cast<std::size_t>(options_.lanes) +
                    2);
    for (const auto& worker : workers_) {
      threads.emplace_back([&worker] { worker->run(); });
    }
    if (transactions_) {
      threads.emplace_back([this] { transactions_->run(); });
    }
    if (windows_.keeps()) {
      threads.emplace_back([this] { windows_.run(); });
    }
    for (int i = 0; i < options_.lanes; ++i) {
      threads.emplace_back([this] {
        lane worker{lane_options_, control_};
        while (std::optional<std::shared_ptr<task>> work = for_lanes_.pop()) {
          worker.run(**work);
        }
      });
    }
    for (const auto& driver : drivers_) {
      threads.emplace_back([&driver] { driver->run(); });
    }
    result<done> ended = settler_->run(stop_);
    control_.stop.store(true);
    windows_.close();
    for (const auto& worker : workers_) {
      worker->close();
      worker->hurry();
    }
    if (transactions_) {
      transactions_->close();
      transactions_->hurry();
    }
    for (std::thread& thread : threads) {
      thread.join();
    }
    return ended;
  }

  void stop() {
    stop_.store(true);
    wake_.try_push(0);
  }
  void use_rules(std::shared_ptr<const detect::rule_set> rules) {
    for (const auto& driver : drivers_) {
      driver->look_back(look_back_of(*rules));
    }
    settler_->use_rules(std::move(rules));
  }
  void reopen_sinks() {
    for (const auto& worker : workers_) {
      worker->reopen();
    }
  }

 private:
  service_options options_;
  replay_options lane_options_;
  consume::read_control control_;
  std::atomic<bool> stop_{false};
  wake_queue wake_{1};
  event_queue events_;
  work_queue for_lanes_;
  report_queue reports_{reports_waiting_max};
  transaction_reports transaction_ends_{reports_waiting_max};
  window_keeper windows_;
  std::vector<std::unique_ptr<source_driver>> drivers_;
  std::vector<std::unique_ptr<sink_worker>> workers_;
  std::unique_ptr<transaction_worker> transactions_;
  std::unique_ptr<settler> settler_;
};

service::service(service_options options, std::shared_ptr<const detect::rule_set> rules,
                 std::vector<std::unique_ptr<consume::source>> sources,
                 std::vector<service_sink> sinks, keep_rejects keep, observe::meter& meter,
                 service_listener& listener)
    : running_{std::make_unique<running>(options, std::move(rules), std::move(sources),
                                         std::move(sinks), std::move(keep), meter, listener)} {}
service::~service() = default;

result<done> service::run() {
  return running_->run();
}
void service::stop() {
  running_->stop();
}
void service::use_rules(std::shared_ptr<const detect::rule_set> rules) {
  running_->use_rules(std::move(rules));
}
void service::reopen_sinks() {
  running_->reopen_sinks();
}

}  // namespace trailbell::pipeline
