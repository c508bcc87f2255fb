// alarm_chain: does a record that a control is about ring anybody? Inventory in, verdict out.
//
// trail -> log_group -> metric_filter -> alarm -> action -> subscription. `present` only where for
// every event name and every successful call one unbroken chain exists; several filters and alarms
// may share the work. A listing that AWS denied or that failed makes `undetermined`, never
// `missing`. Pure: the time is the inventory's own. Any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/detect/coverage.hpp"
#include "trailbell/verify/inventory.hpp"

namespace trailbell::verify {

enum class verdict : std::uint8_t { present, undetermined, missing };
enum class link_kind : std::uint8_t {
  trail,
  log_group,
  metric_filter,
  alarm,
  action,
  subscription,
  // Of a chain through a SIEM (siem_chain.hpp):
  bucket,
  notification,
  queue,
  topic,
  service,
  rule_set,
  sink,
  scrape,
  alert_rule,
  receiver
};
// Of a chain in AWS, in its order.
inline constexpr std::array alarm_chain_links{link_kind::trail,         link_kind::log_group,
                                              link_kind::metric_filter, link_kind::alarm,
                                              link_kind::action,        link_kind::subscription};
[[nodiscard]] std::string_view name_of(verdict what) noexcept;
[[nodiscard]] std::string_view name_of(link_kind link) noexcept;

// What is missing as a thing, rather than as a setting of one that is there.
enum class lack : std::uint8_t {
  none,
  trail,
  log_group,
  metric_filter,
  alarm,
  topic,
  subscription
};

struct chain_link {
  link_kind link = link_kind::trail;
  verdict is = verdict::missing;
  std::string resource;  // an ARN, or a name where AWS has no ARN for it; empty: there is none
  std::string reason;    // one sentence or more, without the last full stop
  std::string remedy;    // a command of the AWS CLI; empty where nothing is to be done
  lack lacks = lack::none;
};

// Which calls a control is about.
struct control_scope {
  std::string_view source;  // of eventSource; empty: any
  bool reads = false;       // readOnly calls too
  bool global = false;      // of services without a region: their records are in us-east-1
};

struct control {
  std::string id, title;
  std::string pattern;  // that AWS is to run
  detect::coverage_control records;
  control_scope scope;
};

// The scope of a shipped control; any call where the id is not known.
[[nodiscard]] control_scope scope_of(std::string_view control_id) noexcept;

struct control_verdict {
  std::string control, title, pattern;
  verdict is = verdict::missing;
  std::vector<chain_link> links;  // in chain order; a fault stands at the link that it belongs to
  std::vector<std::string> covered, uncovered;
  std::optional<std::string> witness;  // a record that rings nobody, as compact JSON

  // The first link that is as the verdict is, `missing` or `undetermined`; null where it is
  // present.
  [[nodiscard]] const chain_link* broken() const noexcept;
  // What mends the links that are not present, in chain order, a line each; empty: nothing is
  // known.
  [[nodiscard]] std::string remedies() const;
};

struct chain_report {
  std::string account_id;
  std::int64_t checked_at = 0;
  std::vector<control_verdict> controls;

  // The worst of them.
  [[nodiscard]] verdict worst() const noexcept;
};

[[nodiscard]] control_verdict verify_chain(const inventory& of, const control& wanted);

}  // namespace trailbell::verify
