// process_metrics: what the process uses of the machine, under the names that every Prometheus
// client library has for it. From /proc: what cannot be read keeps its last value.
#pragma once

#include "observe/metric_family.hpp"

namespace trailbell::observe {

class process_metrics {
 public:
  process_metrics(prometheus::Registry& registry, double started_s);
  // To be called before each scrape.
  void update();

 private:
  prometheus::Counter& cpu_;
  prometheus::Gauge &resident_, &virtual_, &open_fds_, &max_fds_;
};

}  // namespace trailbell::observe
