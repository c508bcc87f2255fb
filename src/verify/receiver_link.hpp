// Does Alertmanager hand a page on to somebody? Its routes are followed for the alert of each event
// name.
#pragma once

#include <string>
#include <vector>

#include "trailbell/verify/siem_chain.hpp"

namespace trailbell::verify {

struct judged_receiver {
  chain_link link;
  texts reached;  // names whose alert reaches somebody
};

// `rules` fire. `job`: under which Prometheus knows the service; empty: not known.
[[nodiscard]] judged_receiver judge_receivers(const siem_inventory& siem, const control& wanted,
                                              const std::vector<const prometheus_rule*>& rules,
                                              const std::string& job);

// As it is compared: without what Prometheus puts behind it, `localhost` as 127.0.0.1.
[[nodiscard]] std::string bare_address(std::string_view address);

}  // namespace trailbell::verify
