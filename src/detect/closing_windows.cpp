#include "detect/closing_windows.hpp"

#include "trailbell/base/limits.hpp"
#include "trailbell/model/alert_bytes.hpp"

namespace trailbell::detect {

void closing_windows::add(std::uint32_t node, const std::string& key,
                          std::vector<correlation_entry> entries, alert made) {
  const std::int64_t time = entries.front().event->time_ns;
  window& into = find(node, key, time);
  if (into.entries.upper_bound(time) == into.entries.end()) {
    into.last = std::move(made);
  }
  for (correlation_entry& entry : entries) {
    into.bytes += entry.bytes();
    bytes_ += entry.bytes();
    ++entries_;
    into.entries.emplace(time, std::move(entry));
  }
}

closing_windows::window& closing_windows::find(std::uint32_t node, const std::string& key,
                                               std::int64_t time_ns) {
  const std::int64_t timespan = nodes_[node].timespan_ns;
  auto after = windows_.upper_bound({key, time_ns});
  if (after != windows_.begin()) {
    const auto before = std::prev(after);
    if (before->first.first == key && time_ns - before->first.second <= timespan) {
      return before->second;
    }
  }
  return make(node, key, time_ns);
}

closing_windows::window& closing_windows::make(std::uint32_t node, const std::string& key,
                                               std::int64_t begin_ns) {
  const auto [made, is_new] = windows_.try_emplace({key, begin_ns});
  if (is_new) {
    made->second.node = node;
    made->second.bytes = limits::correlation_alert_bytes + 2 * key.size();
    bytes_ += made->second.bytes;
    by_end_.emplace(begin_ns + nodes_[node].timespan_ns, made);
  }
  return made->second;
}

void closing_windows::absorb(closing_windows&& other,
                             std::span<const std::optional<std::uint32_t>> node_of) {
  for (auto& [name, from] : other.windows_) {
    const auto node = node_of[from.node];
    if (!node) {
      continue;
    }
    window& into = make(*node, with_node(name.first, *node), name.second);
    if (into.entries.empty() || into.entries.rbegin()->first <= from.entries.rbegin()->first) {
      into.last = std::move(from.last);
      into.last.rule = nodes_[*node].label;
    }
    for (const auto& [time, entry] : from.entries) {
      into.bytes += entry.bytes();
      bytes_ += entry.bytes();
    }
    entries_ += from.entries.size();
    into.entries.merge(from.entries);
  }
  other.by_end_.clear();
  other.windows_.clear();
  other.entries_ = other.bytes_ = 0;
}

// The alert stays that of the last record that came from anywhere: it shows one of the window's.
void closing_windows::forget(std::uint32_t origin) {
  for (auto one = by_end_.begin(); one != by_end_.end();) {
    const auto which = one++;
    window& of = which->second->second;
    for (auto entry = of.entries.begin(); entry != of.entries.end();) {
      const auto gone = entry++;
      if (gone->second.event->origin == origin) {
        of.bytes -= gone->second.bytes();
        bytes_ -= gone->second.bytes();
        --entries_;
        of.entries.erase(gone);
      }
    }
    if (of.entries.empty()) {
      bytes_ -= of.bytes;
      windows_.erase(which->second);
      by_end_.erase(which);
    }
  }
}

void closing_windows::save(correlation_writer& to) const {
  for (const auto& [name, of] : windows_) {
    if (to.wants_any_of(of.entries)) {
      to.to().number(1);
      to.to().number(of.node);
      to.to().text(name.first);
      to.to().signed_number(name.second);
      write_alert(of.last, to.to());
      to.write(of.entries);
    }
  }
  to.to().number(0);
}

void closing_windows::load(correlation_reader& from) {
  while (from.more()) {
    const std::optional<std::uint32_t> node = from.node();
    const std::string_view key = from.from().text();
    const std::int64_t begin_ns = from.time();
    std::optional<alert> last = read_alert(from.from());
    correlation_entries entries = from.entries(node);
    if (!node || !last || !last->burst || entries.empty() || !nodes_[*node].most) {
      continue;
    }
    window& into = make(*node, with_node(key, *node), begin_ns);
    into.last = std::move(*last);
    into.last.rule = nodes_[*node].label;
    for (const auto& [time, entry] : entries) {
      into.bytes += entry.bytes();
      bytes_ += entry.bytes();
    }
    entries_ += entries.size();
    into.entries.merge(entries);
  }
}

closing_windows::window closing_windows::take_first() {
  const auto first = by_end_.begin();
  window taken = std::move(first->second->second);
  windows_.erase(first->second);
  by_end_.erase(first);
  entries_ -= taken.entries.size();
  bytes_ -= taken.bytes;
  return taken;
}

std::optional<closing_windows::closed> closing_windows::take_before(std::int64_t time_ns) {
  while (!by_end_.empty() && by_end_.begin()->first < time_ns) {
    if (std::optional<closed> wanted = judge(take_first())) {
      return wanted;
    }
  }
  return std::nullopt;
}

std::optional<closing_windows::closed> closing_windows::judge(window of) const {
  const correlation_node& node = nodes_[of.node];
  correlation_progress progress;
  closed made{{}, std::move(of.last)};
  const correlation_event* previous = nullptr;
  for (const auto& [time, entry] : of.entries) {
    progress.add(node, entry);
    append_event(entry, previous, made.outcome.whole);
  }
  made.outcome.count = progress.count(node, of.entries.rbegin()->second);
  const bool wanted = made.outcome.count >= node.least && made.outcome.count <= *node.most;
  return wanted ? std::optional{std::move(made)} : std::nullopt;
}

std::size_t closing_windows::evict() {
  return by_end_.empty() ? 0 : take_first().entries.size();
}

}  // namespace trailbell::detect
