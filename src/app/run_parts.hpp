// run_parts: the sources and sinks that a configuration names.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "app/run_log.hpp"
#include "app/service_config.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/pipeline/service.hpp"

namespace trailbell::app {

// Set from any thread: the service is to end in order.
using stop_request = std::atomic<bool>;

struct run_parts {
  std::vector<std::unique_ptr<consume::source>> sources;
  std::vector<pipeline::service_sink> sinks;
  std::shared_ptr<pipeline::window_store> windows;  // where a source needs one
};

// Opens them all. Errors name the part, the cause and what to do. Borrows log and stop, which
// outlive the parts.
[[nodiscard]] result<run_parts> make_parts(const service_config& config, run_log& log,
                                           stop_request& stop);

}  // namespace trailbell::app
