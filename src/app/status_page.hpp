// status_page: what runs in this service, as JSON for other programs: rules with their patterns,
// where records come from, where alerts go, the canaries that arrived. `verify --siem` proves by it
// what the rules cover. No secret, no path, no address of a broker is in it.
//
// Thread-safety: any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "app/service_config.hpp"
#include "trailbell/detect/rule_set.hpp"

namespace trailbell::app {

class status_page {
 public:
  explicit status_page(const service_config& config);

  void set_rules(const detect::rule_set& rules);

  // `canaries`: ids, and when each was acknowledged (ns since 1970), oldest first.
  [[nodiscard]] std::string text(
      const std::vector<std::pair<std::string, std::int64_t>>& canaries) const;

 private:
  std::string parts_;  // sources and sinks
  mutable std::mutex mutex_;
  std::string rules_;
};

}  // namespace trailbell::app
