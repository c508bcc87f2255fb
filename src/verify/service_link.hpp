// A running trailbell: is it ready, and does it get on? Do its rules cover the control? Does a sink
// hold the acknowledgement? Does Prometheus scrape this very process?
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "trailbell/verify/siem_chain.hpp"

namespace trailbell::verify {

struct judged_service {
  chain_link service, rules, sink, scrape;
  detect::coverage_answer coverage;  // of its rules
  std::string job;                   // under which Prometheus knows it; empty: it does not
};

// `kind`: of its source, by which records come. `delivered_at`: when the trail last delivered to
// its bucket; nothing: not known, or not the way.
[[nodiscard]] judged_service judge_service(const inventory& of, const control& wanted,
                                           std::string_view kind, const std::string& address,
                                           const siem_service& about,
                                           std::optional<std::int64_t> delivered_at);

}  // namespace trailbell::verify
