// correlation_plan: which matches of a rule set count for which alerts of several records.
//
// A node is a rule with a threshold, or a correlation; a threshold is an event_count of one rule.
// Inner nodes come before those that are about their alerts. Immutable; any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "trailbell/detect/compiled_rule.hpp"
#include "trailbell/detect/sigma_correlation.hpp"

namespace trailbell::detect {

// Where a value stands in a record: a pattern's selector, or a Sigma field.
struct record_place {
  std::string shown;  // in alerts
  std::variant<selector, std::string> where;
};

// A rule counts for a node.
struct rule_feed {
  std::uint32_t node = 0;
  std::uint32_t member = 0;
  std::vector<record_place> group_by, counted;
};

// An inner node's alerts count for an outer node. Its group's values, by their places in it.
struct node_feed {
  std::uint32_t node = 0;
  std::uint32_t member = 0;
  std::vector<std::pair<std::string, std::size_t>> group_by;
  std::vector<std::size_t> counted;
};

struct correlation_node {
  std::uint32_t rule = 0;  // whose alerts it makes: index in the set
  correlation_type type = correlation_type::event_count;
  std::uint32_t members = 1;
  std::uint64_t least = 1;
  std::optional<std::uint64_t> most;
  std::int64_t timespan_ns = 0;
  rule_label label;
  std::optional<severity> level;  // of a correlation; a threshold's is that of the last match
  bool silent = false;            // only other correlations want its alerts
  // Of its rule and all that it counts: the same where it counts the same records.
  std::uint64_t definition = 0;
  std::vector<node_feed> feeds;
};

class correlation_plan {
 public:
  // What a rule's match is.
  struct role {
    bool alone = true;    // a finding by itself
    bool silent = false;  // only correlations want it: not even a suppressed one is a finding
    std::vector<rule_feed> feeds;
    std::vector<std::uint32_t> reached;  // nodes that it can make alerts of, ascending
  };

  // Borrows the rules. Those that a correlation refers to are among them.
  explicit correlation_plan(std::span<const std::shared_ptr<const compiled_rule>> rules);

  [[nodiscard]] std::span<const correlation_node> nodes() const noexcept { return nodes_; }
  [[nodiscard]] const role& of(std::uint32_t rule) const noexcept { return roles_[rule]; }

 private:
  using rules = std::span<const std::shared_ptr<const compiled_rule>>;
  void add_threshold(rules all, std::uint32_t rule);
  void add_correlation(rules all, std::uint32_t rule);
  void link(const sigma_correlation& outer, std::uint32_t member, std::uint32_t rule);
  void find_reached();
  [[nodiscard]] std::optional<std::uint32_t> node_of(std::uint32_t rule) const noexcept;

  std::vector<correlation_node> nodes_;
  std::vector<role> roles_;  // by rule
};

// By the nodes of `before`, those of `after` that count the same for a rule of the same id;
// nothing: it is gone, or another now.
using node_map = std::vector<std::optional<std::uint32_t>>;
[[nodiscard]] node_map kept_nodes(const correlation_plan& before, const correlation_plan& after);

// By what a node is known again, also by another process.
struct node_mark {
  std::string rule;  // id
  std::uint64_t definition = 0;
};
[[nodiscard]] std::vector<node_mark> marks_of(const correlation_plan& plan);
[[nodiscard]] node_map kept_nodes(std::span<const node_mark> before, const correlation_plan& after);

// How long before an alert of these rules any of its records may lie, in event time; 0: there are
// no such rules. Of a correlation about others, what those reach is added.
[[nodiscard]] std::int64_t reach_ns(const correlation_plan& plan);

// What a match counts for. `record` may be empty: then every value is null.
void append_feeds(const correlation_plan::role& role, const json_tree& record,
                  std::vector<alert_feed>& feeds);

// The names by which an outer correlation may group or count the alerts of that rule; nothing where
// each of its matches is an alert, so that any field will do.
[[nodiscard]] std::optional<std::vector<std::string>> alert_fields(const compiled_rule& rule);

}  // namespace trailbell::detect
