#include "trailbell/pipeline/service.hpp"

#include <thread>
#include <utility>

#include "pipeline/settler.hpp"
#include "pipeline/sink_worker.hpp"
#include "pipeline/source_driver.hpp"

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

}  // namespace

// The threads and the queues between them, in the order in which they are made.
class service::running {
 public:
  running(service_options options, std::shared_ptr<const detect::rule_set> rules,
          std::vector<std::unique_ptr<consume::source>> sources, std::vector<service_sink> sinks,
          keep_rejects keep, observe::meter& meter, service_listener& listener)
      : options_{options},
        lane_options_{lane_options(options, rules)},
        events_{(limits::batches_in_flight_max + 1) * sources.size()},
        for_lanes_{limits::batches_in_flight_max * sources.size()} {
    for (std::unique_ptr<consume::source>& from : sources) {
      drivers_.push_back(std::make_unique<source_driver>(drivers_.size(), std::move(from), options_,
                                                         stop_, meter, listener, events_, wake_));
    }
    for (service_sink& to : sinks) {
      workers_.push_back(std::make_unique<sink_worker>(workers_.size(), std::move(to), meter,
                                                       listener, reports_, wake_));
    }
    settler_ =
        std::make_unique<settler>(options_, std::move(keep),
                                  settler::surroundings{drivers_, workers_, events_, for_lanes_,
                                                        reports_, wake_, meter, listener});
    settler_->use_rules(std::move(rules));
  }

  result<done> run() {
    std::vector<std::thread> threads;
    for (const auto& worker : workers_) {
      threads.emplace_back([&worker] { worker->run(); });
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
    for (const auto& worker : workers_) {
      worker->close();
      worker->hurry();
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
  std::vector<std::unique_ptr<source_driver>> drivers_;
  std::vector<std::unique_ptr<sink_worker>> workers_;
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
