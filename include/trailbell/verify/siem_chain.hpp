// siem_chain: does a record that a control is about ring anybody, through a SIEM of one's own?
//
// trail -> bucket -> notification -> queue (or: trail -> topic) -> service -> rule_set -> sink ->
// scrape -> alert_rule -> receiver. What the links mean stands in deploy/siem.md. `present` only
// where each of them holds for every event name; what was denied, failed or not asked makes
// `undetermined`. Pure: the time is the inventory's own. Any thread.
#pragma once

#include <cstdint>

#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::verify {

// What brings records to the services. Of `kafka` the chain goes on at the topics: how records
// come from the trail into them, AWS cannot tell.
enum class siem_source : std::uint8_t { s3, kafka };

// Whether rules/prometheus has an alert on what this control is about.
[[nodiscard]] bool has_prometheus_alert(const control& wanted) noexcept;

// has_prometheus_alert(wanted)
[[nodiscard]] control_verdict verify_siem_chain(const inventory& of, const control& wanted,
                                                siem_source from);

}  // namespace trailbell::verify
