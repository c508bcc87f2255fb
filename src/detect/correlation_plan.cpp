#include "trailbell/detect/correlation_plan.hpp"

#include <algorithm>
#include <functional>
#include <limits>

#include "detect/rule_definition.hpp"
#include "trailbell/base/ensure.hpp"

namespace trailbell::detect {
namespace {

const sigma_correlation* correlation_in(const compiled_rule& rule) noexcept {
  return dynamic_cast<const sigma_correlation*>(&rule);
}

std::uint32_t place_in(std::span<const std::shared_ptr<const compiled_rule>> rules,
                       const compiled_rule& wanted) {
  const auto found = std::find_if(rules.begin(), rules.end(),
                                  [&wanted](const auto& rule) { return rule.get() == &wanted; });
  ensure(found != rules.end(), "a correlation's rules are in its rule set");
  return static_cast<std::uint32_t>(found - rules.begin());
}

}  // namespace

std::optional<std::vector<std::string>> alert_fields(const compiled_rule& rule) {
  if (const sigma_correlation* const inner = correlation_in(rule)) {
    return inner->content().group_by;
  }
  if (rule.threshold() == nullptr) {
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (const selector& where : rule.threshold()->group_by) {
    const std::string text = to_text(where);
    names.push_back(text.starts_with("$.") ? text.substr(2) : text);
  }
  return names;
}

correlation_plan::correlation_plan(rules all) : roles_(all.size()) {
  std::vector<bool> seen(all.size());
  // Those that a correlation is about come first; references make no circle.
  const std::function<void(std::uint32_t)> add = [&](std::uint32_t rule) {
    if (seen[rule]) {
      return;
    }
    seen[rule] = true;
    if (all[rule]->threshold() != nullptr) {
      add_threshold(all, rule);
    } else if (const sigma_correlation* const outer = correlation_in(*all[rule])) {
      for (const sigma_correlation::member& one : outer->content().members) {
        add(place_in(all, *one.rule));
      }
      add_correlation(all, rule);
    }
  };
  std::vector<bool> wanted(all.size()), referred(all.size());
  for (std::uint32_t rule = 0; rule < all.size(); ++rule) {
    add(rule);
    if (const sigma_correlation* const outer = correlation_in(*all[rule])) {
      for (const sigma_correlation::member& one : outer->content().members) {
        const std::uint32_t inner = place_in(all, *one.rule);
        referred[inner] = true;
        wanted[inner] = wanted[inner] || outer->content().generate;
      }
    }
  }
  for (std::uint32_t rule = 0; rule < all.size(); ++rule) {
    const bool silent = referred[rule] && !wanted[rule];
    roles_[rule].silent = silent;
    roles_[rule].alone = !silent && all[rule]->threshold() == nullptr;
    if (const auto node = node_of(rule)) {
      nodes_[*node].silent = silent;
    }
  }
  find_reached();
}

void correlation_plan::add_threshold(rules all, std::uint32_t rule) {
  const rule_threshold& threshold = *all[rule]->threshold();
  correlation_node node;
  node.rule = rule;
  node.least = threshold.count;
  node.timespan_ns = threshold.window_ns;
  node.label = all[rule]->info().label();
  node.definition = all[rule]->info().text().definition;
  rule_feed feed;
  feed.node = static_cast<std::uint32_t>(nodes_.size());
  for (const selector& where : threshold.group_by) {
    feed.group_by.push_back({to_text(where), where});
  }
  roles_[rule].feeds.push_back(std::move(feed));
  nodes_.push_back(std::move(node));
}

void correlation_plan::add_correlation(rules all, std::uint32_t rule) {
  const sigma_correlation& outer = *correlation_in(*all[rule]);
  const sigma_correlation::parts& content = outer.content();
  correlation_node node;
  node.rule = rule;
  node.type = content.type;
  node.members = static_cast<std::uint32_t>(content.members.size());
  node.least = content.least;
  node.most = content.most;
  node.timespan_ns = content.timespan_ns;
  node.label = outer.info().label();
  node.level = content.level;
  node.definition = outer.info().text().definition;
  for (const sigma_correlation::member& one : content.members) {
    const auto inner = node_of(place_in(all, *one.rule));
    node.definition = mixed(node.definition, one.rule->id());
    node.definition = mixed(node.definition,
                            inner ? nodes_[*inner].definition : one.rule->info().text().definition);
  }
  nodes_.push_back(std::move(node));
  for (std::uint32_t i = 0; i < content.members.size(); ++i) {
    link(outer, i, place_in(all, *content.members[i].rule));
  }
}

// The newest node is the outer one.
void correlation_plan::link(const sigma_correlation& outer, std::uint32_t member,
                            std::uint32_t rule) {
  const sigma_correlation::member& from = outer.content().members[member];
  const auto to = static_cast<std::uint32_t>(nodes_.size() - 1);
  const std::vector<std::string>& names = outer.content().group_by;
  const auto inner = alert_fields(*from.rule);
  if (!inner) {
    rule_feed feed{to, member, {}, {}};
    for (std::size_t i = 0; i < names.size(); ++i) {
      feed.group_by.push_back({names[i], from.group_by[i]});
    }
    for (const std::string& field : from.counted) {
      feed.counted.push_back({field, field});
    }
    roles_[rule].feeds.push_back(std::move(feed));
    return;
  }
  const auto place = [&inner](const std::string& field) {
    const auto found = std::find(inner->begin(), inner->end(), field);
    ensure(found != inner->end(), "a chain groups by what the inner rule groups by");
    return static_cast<std::size_t>(found - inner->begin());
  };
  node_feed feed{to, member, {}, {}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    feed.group_by.emplace_back(names[i], place(from.group_by[i]));
  }
  for (const std::string& field : from.counted) {
    feed.counted.push_back(place(field));
  }
  nodes_[*node_of(rule)].feeds.push_back(std::move(feed));
}

void correlation_plan::find_reached() {
  std::vector<std::vector<std::uint32_t>> beyond(nodes_.size());  // itself, and what it feeds
  const auto settle = [](std::vector<std::uint32_t>& nodes) {
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  };
  for (std::size_t i = nodes_.size(); i-- > 0;) {
    beyond[i].push_back(static_cast<std::uint32_t>(i));
    for (const node_feed& feed : nodes_[i].feeds) {
      beyond[i].insert(beyond[i].end(), beyond[feed.node].begin(), beyond[feed.node].end());
    }
    settle(beyond[i]);
  }
  for (role& one : roles_) {
    for (const rule_feed& feed : one.feeds) {
      one.reached.insert(one.reached.end(), beyond[feed.node].begin(), beyond[feed.node].end());
    }
    settle(one.reached);
    std::erase_if(one.reached, [this](std::uint32_t node) { return nodes_[node].silent; });
  }
}

std::optional<std::uint32_t> correlation_plan::node_of(std::uint32_t rule) const noexcept {
  const auto found =
      std::find_if(nodes_.begin(), nodes_.end(),
                   [rule](const correlation_node& node) { return node.rule == rule; });
  return found == nodes_.end() ? std::nullopt
                               : std::optional{static_cast<std::uint32_t>(found - nodes_.begin())};
}

std::vector<node_mark> marks_of(const correlation_plan& plan) {
  std::vector<node_mark> marks;
  for (const correlation_node& node : plan.nodes()) {
    marks.push_back({std::string{node.label.id}, node.definition});
  }
  return marks;
}

node_map kept_nodes(const correlation_plan& before, const correlation_plan& after) {
  return kept_nodes(marks_of(before), after);
}

node_map kept_nodes(std::span<const node_mark> before, const correlation_plan& after) {
  node_map kept;
  for (const node_mark& old : before) {
    const auto found = std::find_if(
        after.nodes().begin(), after.nodes().end(), [&old](const correlation_node& node) {
          return node.definition == old.definition && node.label.id == old.rule;
        });
    kept.push_back(found == after.nodes().end()
                       ? std::nullopt
                       : std::optional{static_cast<std::uint32_t>(found - after.nodes().begin())});
  }
  return kept;
}

std::int64_t reach_ns(const correlation_plan& plan) {
  constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 4;
  std::vector<std::int64_t> inner(plan.nodes().size());
  std::int64_t longest = 0;
  for (std::size_t i = 0; i < inner.size(); ++i) {
    const correlation_node& node = plan.nodes()[i];
    const std::int64_t all = std::min(inner[i] + std::min(node.timespan_ns, most), most);
    longest = std::max(longest, all);
    for (const node_feed& feed : node.feeds) {
      inner[feed.node] = std::max(inner[feed.node], all);
    }
  }
  return longest;
}

}  // namespace trailbell::detect
