// Alertmanager's configuration, as far as it says who is told of an alert: routes, receivers,
// inhibition. Pure. Source: Prometheus, "Alertmanager configuration"; its dispatch of routes.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/verify/siem_inventory.hpp"
#include "verify/message_filter.hpp"

namespace trailbell::verify {

// A label that an alert has, and whose value is not known here, is in none of these maps.
struct alert_labels {
  label_map known;
  std::set<std::string, std::less<>> unknown;
};

[[nodiscard]] passing matches(const label_matcher& one, const alert_labels& labels);
[[nodiscard]] passing match_all(const std::vector<label_matcher>& all, const alert_labels& labels);

// `severity = "critical"`, `{a="b", c=~"d"}`; nothing where it is none.
[[nodiscard]] std::optional<std::vector<label_matcher>> parse_matchers(std::string_view text);

struct alert_route {
  std::string receiver;
  std::vector<label_matcher> matchers;
  bool go_on = false;     // `continue`
  bool at_times = false;  // it is muted at some times, or active at some only
  std::vector<alert_route> routes;
};

struct inhibition {
  std::vector<label_matcher> source, target;
  std::set<std::string, std::less<>> equal;
};

struct alert_routing {
  alert_route root;
  std::set<std::string, std::less<>> silent;  // receivers without any integration
  std::set<std::string, std::less<>> telling;
  std::vector<inhibition> inhibitions;
};

// Errors: not_text, with what is wrong.
[[nodiscard]] result<alert_routing> parse_routing(const std::string& yaml);

// The routes that an alert ends at. `certain`: as far as labels and matchers are known.
struct routed_alert {
  std::vector<const alert_route*> at;
  bool certain = true;
};
[[nodiscard]] routed_alert routes_of(const alert_routing& routing, const alert_labels& labels);

}  // namespace trailbell::verify
