// The first two links: a trail that records what the control is about, and the log group that it
// delivers to.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::verify {

// How many of a control's calls a trail's selectors let through.
enum class reach : std::uint8_t { none, some, all };
// `event_name`: empty for a call of any name.
[[nodiscard]] reach recorded(const event_selectors& selectors, const control_scope& scope,
                             std::string_view event_name);

// Where the records of a trail are taken from.
enum class delivery : std::uint8_t { log_group, bucket };

// A trail and its log group, judged for one control.
struct chain_head {
  const verify::trail* about = nullptr;  // of the inventory
  chain_link trail, group;               // group: of delivery to a log group
  std::string region, group_name;        // where its filters are; empty: there is no log group
  std::vector<std::string> event_names;  // of the control's, those that the trail records
};

// Of every trail that is known, each once. Where none is known, nothing, and `none` says why.
[[nodiscard]] std::vector<chain_head> chain_heads(const inventory& of, const control& wanted,
                                                  chain_link& none,
                                                  delivery by = delivery::log_group);

}  // namespace trailbell::verify
