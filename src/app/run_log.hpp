// run_log: the service's log, for parts that know only how to say something.
#pragma once

#include <string>
#include <string_view>

#include "app/config_loader.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/observe/service_log.hpp"

namespace trailbell::app {

// Thread-safety: any thread.
class run_log {
 public:
  // Knows the configuration's secrets, so that none is ever written.
  explicit run_log(const loaded_config& loaded);

  // `kind`: one of few, never from outside; see service_log.
  void say(log_level level, std::string_view kind, std::string_view text) {
    log_.log(level, kind, text);
  }
  // For a part of that kind. Borrows this log.
  [[nodiscard]] log_function of(std::string kind);
  void tick() { log_.tick(); }

 private:
  observe::service_log log_;
};

}  // namespace trailbell::app
