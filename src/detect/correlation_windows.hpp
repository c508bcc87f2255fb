// All that a correlation_stage remembers of groups, and one record's way through it: from inner
// nodes to outer ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "detect/closing_windows.hpp"
#include "detect/correlation_bytes.hpp"
#include "detect/sliding_windows.hpp"
#include "trailbell/detect/correlation_stage.hpp"

namespace trailbell::detect {

using group_values = std::vector<std::pair<std::string, std::string>>;

inline std::string key_of(std::uint32_t node, const group_values& group) {
  std::string key = std::to_string(node);
  for (const auto& [name, value] : group) {
    key.push_back('\0');  // in no JSON
    key += value;
  }
  return key;
}

inline void append_entries(const correlation_input& input,
                           std::vector<correlation_entry>& entries) {
  if (input.values.empty()) {
    entries.push_back({input.event, input.member, {}});
  }
  for (const std::string& value : input.values) {
    entries.push_back({input.event, input.member, value});
  }
}

// What one record adds to a group. A record for which several of the rules hold is one of its
// records, and counting begins anew behind it as a whole. The last rule comes first: see
// correlation_progress.
inline std::vector<correlation_entry> entries_of(correlation_type type,
                                                 std::span<const correlation_input> inputs) {
  std::vector<correlation_entry> entries;
  for (const correlation_input& input : inputs) {
    const bool counted = std::any_of(entries.begin(), entries.end(), [&](const auto& entry) {
      return type == correlation_type::event_count && entry.event == input.event;
    });
    if (!counted) {
      append_entries(input, entries);
    }
  }
  return entries;
}

inline std::optional<std::string> text_of(const text_view& text) {
  return text ? std::optional{std::string{*text}} : std::nullopt;
}

class correlation_stage::windows {
 public:
  windows(const correlation_plan& plan, correlation_bounds bounds, correlation_tally& tally,
          std::vector<std::optional<std::uint32_t>>& origins)
      : nodes_{plan.nodes()},
        bounds_{bounds},
        tally_{tally},
        origins_{origins},
        closing_{nodes_},
        inputs_(nodes_.size()) {}

  void judge(const alert& record, std::uint32_t origin, std::int64_t time_ns,
             std::vector<alert>& due) {
    close_before(time_ns, due);
    auto event = std::make_shared<correlation_event>();
    event->time_ns = time_ns;
    event->origin = origin;
    event->from = event->to = text_of(record.event_time);  // an odd one too: as recorded
    event->ids = {text_of(record.event_id)};
    for (const alert_feed& feed : record.burst->feeds) {
      inputs_[feed.node].push_back({feed.group, feed.values, feed.level, feed.member, event});
    }
    for (std::uint32_t node = 0; node < nodes_.size(); ++node) {
      std::vector<correlation_input> inputs = std::exchange(inputs_[node], {});
      std::stable_sort(inputs.begin(), inputs.end(), [](const auto& a, const auto& b) {
        return std::tie(a.group, b.member) < std::tie(b.group, a.member);
      });
      for (auto one = inputs.begin(); one != inputs.end();) {
        const auto end = std::find_if(
            one, inputs.end(), [&one](const auto& other) { return other.group != one->group; });
        take(node, {one, end}, record, due);
        one = end;
      }
    }
    make_room();
  }

  [[nodiscard]] std::span<const correlation_node> nodes() const noexcept { return nodes_; }
  void begins_at(std::int64_t time_ns) { sliding_.begins_at(time_ns); }

  void absorb(windows&& other, const node_map& node_of) {
    sliding_.absorb(std::move(other.sliding_), other.nodes_, nodes_, node_of);
    closing_.absorb(std::move(other.closing_), node_of);
    make_room();
  }

  void forget(std::uint32_t origin) {
    sliding_.forget(origin);
    closing_.forget(origin);
  }

  void save(correlation_writer& to) const {
    sliding_.save(nodes_, to);
    closing_.save(to);
  }

  void load(correlation_reader& from) {
    sliding_.load(nodes_, from);
    closing_.load(from);
    make_room();
  }

  // Of windows with an upper bound.
  void close_before(std::int64_t time_ns, std::vector<alert>& due) {
    while (std::optional<closing_windows::closed> over = closing_.take_before(time_ns)) {
      due.push_back(fill(std::move(over->last), std::move(over->outcome)));
    }
  }

 private:
  // `inputs`: of one group.
  void take(std::uint32_t node, std::span<const correlation_input> inputs, const alert& record,
            std::vector<alert>& due) {
    const correlation_node& of = nodes_[node];
    const correlation_input& input = inputs.front();
    std::string key = key_of(node, input.group);
    if (of.most) {
      closing_.add(node, key, entries_of(of.type, inputs), make(node, record, input));
      return;
    }
    std::optional<correlation_outcome> outcome =
        sliding_.add(of, std::move(key), entries_of(of.type, inputs));
    if (!outcome) {
      return;
    }
    feed_outer(of, input, outcome->whole);
    if (!of.silent) {
      due.push_back(fill(make(node, record, input), std::move(*outcome)));
    }
  }

  void feed_outer(const correlation_node& inner, const correlation_input& input,
                  const correlation_event& whole) {
    const auto event = inner.feeds.empty() ? nullptr : std::make_shared<correlation_event>(whole);
    for (const node_feed& feed : inner.feeds) {
      correlation_input next{{}, {}, inner.level.value_or(input.level), feed.member, event};
      for (const auto& [name, place] : feed.group_by) {
        next.group.emplace_back(name, input.group[place].second);
      }
      if (add_counted(feed, input.group, next.values)) {
        inputs_[feed.node].push_back(std::move(next));
      }
    }
  }

  // False: there is nothing to count, since a field is absent.
  static bool add_counted(const node_feed& feed, const group_values& group,
                          std::vector<std::string>& values) {
    std::string value;
    for (const std::size_t place : feed.counted) {
      if (group[place].second == "null") {
        return false;
      }
      value += (value.empty() ? "" : ",") + group[place].second;
    }
    if (!value.empty()) {
      values.push_back(std::move(value));
    }
    return true;
  }

  alert make(std::uint32_t node, const alert& record, const correlation_input& input) const {
    const correlation_node& of = nodes_[node];
    alert made = record.copy();
    made.rule = of.label;
    made.level = of.level.value_or(input.level);
    for (const auto& [reached, fingerprint] : record.burst->fingerprints) {
      made.fingerprint = reached == node ? fingerprint : made.fingerprint;
    }
    made.burst = std::make_unique<alert_burst>();
    made.burst->group = input.group;
    made.burst->only_finding = record.burst->only_finding;
    return made;
  }

  alert fill(alert made, correlation_outcome outcome) {
    made.burst->count = outcome.count;
    made.burst->from = std::move(outcome.whole.from);
    made.burst->to = std::move(outcome.whole.to);
    made.burst->event_ids = std::move(outcome.whole.ids);
    origins_.push_back(outcome.whole.spans ? std::nullopt : std::optional{outcome.whole.origin});
    return made;
  }

  void make_room() {
    while (sliding_.entries() + closing_.entries() > bounds_.entries ||
           sliding_.bytes() + closing_.bytes() > bounds_.bytes) {
      const bool slide = sliding_.bytes() >= closing_.bytes();
      tally_.evicted += slide ? sliding_.evict() : closing_.evict();
      if (sliding_.entries() + closing_.entries() == 0) {
        return;
      }
    }
  }

  std::span<const correlation_node> nodes_;
  correlation_bounds bounds_;
  correlation_tally& tally_;
  std::vector<std::optional<std::uint32_t>>& origins_;
  sliding_windows sliding_;
  closing_windows closing_;
  std::vector<std::vector<correlation_input>> inputs_;  // of the record that is judged, by node
};

}  // namespace trailbell::detect
