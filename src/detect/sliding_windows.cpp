#include "detect/sliding_windows.hpp"

#include <utility>

namespace trailbell::detect {
namespace {

constexpr std::size_t group_bytes = 320;  // without its key and entries

}  // namespace

std::optional<correlation_outcome> sliding_windows::add(const correlation_node& node,
                                                        std::string key,
                                                        std::vector<correlation_entry> entries) {
  const auto own = find(node, std::move(key));
  correlation_group& those = own->second.of;
  // An inner node fires all the same: others count what it does.
  if (begins_ns_ && those.size() == 0 && node.feeds.empty() &&
      entries.front().event->time_ns <= *begins_ns_ + node.timespan_ns) {
    those.doubt();
  }
  entries_ -= those.size();
  bytes_ -= those.bytes();
  std::optional<correlation_outcome> outcome = those.add(node, std::move(entries));
  entries_ += those.size();
  bytes_ += those.bytes();
  if (those.size() == 0) {
    forget(own);
  }
  return outcome;
}

std::size_t sliding_windows::evict() {
  if (groups_.size() > 1) {
    const auto quietest = groups_.find(*by_quiet_.front());
    const std::size_t lost = quietest->second.of.size();
    forget(quietest);
    return lost;
  }
  if (groups_.empty()) {
    return 0;
  }
  group& only = groups_.begin()->second;
  const std::size_t before = only.of.bytes();
  only.of.drop_oldest(*only.node);
  --entries_;
  bytes_ -= before - only.of.bytes();
  if (only.of.size() == 0) {
    forget(groups_.begin());
  }
  return 1;
}

sliding_windows::group_map::iterator sliding_windows::find(const correlation_node& node,
                                                           std::string key) {
  const auto [found, is_new] = groups_.try_emplace(std::move(key));
  if (is_new) {
    found->second.node = &node;
    found->second.quiet_since = by_quiet_.insert(by_quiet_.end(), &found->first);
    bytes_ += group_bytes + found->first.size();
  } else {
    by_quiet_.splice(by_quiet_.end(), by_quiet_, found->second.quiet_since);
  }
  return found;
}

void sliding_windows::absorb(sliding_windows&& other, std::span<const correlation_node> theirs,
                             std::span<const correlation_node> ours,
                             std::span<const std::optional<std::uint32_t>> node_of) {
  for (const std::string* const key : std::exchange(other.by_quiet_, {})) {
    group& from = other.groups_.at(*key);
    const auto node = node_of[static_cast<std::size_t>(from.node - theirs.data())];
    if (!node) {
      continue;
    }
    const auto into = find(ours[*node], with_node(*key, *node));
    correlation_group& those = into->second.of;
    entries_ -= those.size();
    bytes_ -= those.bytes();
    those.absorb(std::move(from.of));
    entries_ += those.size();
    bytes_ += those.bytes();
  }
  other.groups_.clear();
  other.entries_ = other.bytes_ = 0;
}

void sliding_windows::forget(std::uint32_t origin) {
  for (auto one = groups_.begin(); one != groups_.end();) {
    const auto which = one++;
    correlation_group& those = which->second.of;
    entries_ -= those.size();
    bytes_ -= those.bytes();
    those.forget(origin);
    entries_ += those.size();
    bytes_ += those.bytes();
    if (those.size() == 0) {
      forget(which);
    }
  }
}

// In the order in which groups were quiet.
void sliding_windows::save(std::span<const correlation_node> nodes, correlation_writer& to) const {
  for (const std::string* const key : by_quiet_) {
    const group& one = groups_.at(*key);
    if (to.wants_any_of(one.of.entries())) {
      to.to().number(1);
      to.to().number(static_cast<std::uint64_t>(one.node - nodes.data()));
      to.to().text(*key);
      to.write(one.of.entries());
    }
  }
  to.to().number(0);
}

void sliding_windows::load(std::span<const correlation_node> nodes, correlation_reader& from) {
  while (from.more()) {
    const std::optional<std::uint32_t> node = from.node();
    const std::string_view key = from.from().text();
    correlation_entries entries = from.entries(node);
    if (!node || entries.empty() || nodes[*node].most) {
      continue;
    }
    correlation_group& those = find(nodes[*node], with_node(key, *node))->second.of;
    entries_ -= those.size();
    bytes_ -= those.bytes();
    those.absorb(std::move(entries));
    entries_ += those.size();
    bytes_ += those.bytes();
  }
}

void sliding_windows::forget(group_map::iterator which) {
  entries_ -= which->second.of.size();
  bytes_ -= which->second.of.bytes() + group_bytes + which->first.size();
  by_quiet_.erase(which->second.quiet_since);
  groups_.erase(which);
}

}  // namespace trailbell::detect
