// run_session: the service with all that surrounds it: rules that are reloaded, quarantine, metrics
// and health, signals, systemd.
#pragma once

#include <memory>

#include "app/run_log.hpp"
#include "app/run_parts.hpp"
#include "app/service_config.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::app {

// Signals that the session waits for are held back in this thread and those it starts: to be called
// before there is any other. Others, which would end the process where a call says as much, are
// ignored.
void hold_signals();

class run_session {
 public:
  // Loads the rules and listens. Borrows config, log and stop.
  static result<std::unique_ptr<run_session>> open(const service_config& config, run_parts parts,
                                                   run_log& log, stop_request& stop);
  ~run_session();
  run_session(const run_session&) = delete;
  run_session& operator=(const run_session&) = delete;

  // To the end of the service; the exit code.
  int run();

 private:
  struct state;
  explicit run_session(std::unique_ptr<state> owned);
  std::unique_ptr<state> state_;
};

}  // namespace trailbell::app
