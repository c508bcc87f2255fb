// verify_schedule: asks AWS from time to time whether alarm chains are there, and shows the
// verdicts as metrics. A change, and the first verdict, is a line in the log.
#pragma once

#include <memory>

#include "app/run_log.hpp"
#include "app/service_config.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/observe/prometheus_meter.hpp"

namespace trailbell::app {

class verify_schedule {
 public:
  // Borrows log and meter; begins at once, on a thread of its own. Null where the interval is 0.
  // Errors: usage, a control that is unknown.
  static result<std::unique_ptr<verify_schedule>> open(const verify_config& config, run_log& log,
                                                       observe::prometheus_meter& meter);
  // Waits for the request that is under way, ten seconds at most.
  ~verify_schedule();
  verify_schedule(const verify_schedule&) = delete;
  verify_schedule& operator=(const verify_schedule&) = delete;

  // Asks nothing more. Any thread.
  void stop();

 private:
  struct state;
  explicit verify_schedule(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

}  // namespace trailbell::app
