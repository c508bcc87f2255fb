#include "trailbell/detect/correlation_stage.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "detect/closing_windows.hpp"
#include "detect/correlation_bytes.hpp"
#include "detect/sliding_windows.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/model/alert_bytes.hpp"

namespace trailbell::detect {
namespace {

using group_values = std::vector<std::pair<std::string, std::string>>;

std::string key_of(std::uint32_t node, const group_values& group) {
  std::string key = std::to_string(node);
  for (const auto& [name, value] : group) {
    key.push_back('\0');  // in no JSON
    key += value;
  }
  return key;
}

void append_entries(const correlation_input& input, std::vector<correlation_entry>& entries) {
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
std::vector<correlation_entry> entries_of(correlation_type type,
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

std::optional<std::string> text_of(const text_view& text) {
  return text ? std::optional{std::string{*text}} : std::nullopt;
}

std::size_t bytes_of(const alert& record) {
  std::size_t bytes = limits::correlation_alert_bytes + record.raw.value_or("").size();
  for (const alert_feed& feed : record.burst->feeds) {
    bytes += sizeof feed;
    for (const auto& [name, value] : feed.group) {
      bytes += name.size() + value.size() + 2 * sizeof(std::string);
    }
    for (const std::string& value : feed.values) {
      bytes += value.size() + sizeof(std::string);
    }
  }
  return bytes;
}

}  // namespace

// All that is remembered, and one record's way through it: from inner nodes to outer ones.
class correlation_stage::windows {
 public:
  windows(const correlation_plan& plan, correlation_bounds bounds, correlation_tally& tally)
      : nodes_{plan.nodes()},
        bounds_{bounds},
        tally_{tally},
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

  static alert fill(alert made, correlation_outcome outcome) {
    made.burst->count = outcome.count;
    made.burst->from = std::move(outcome.whole.from);
    made.burst->to = std::move(outcome.whole.to);
    made.burst->event_ids = std::move(outcome.whole.ids);
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
  sliding_windows sliding_;
  closing_windows closing_;
  std::vector<std::vector<correlation_input>> inputs_;  // of the record that is judged, by node
};

correlation_stage::correlation_stage(const correlation_plan& plan, correlation_bounds bounds,
                                     correlation_begin begin)
    : begin_{begin}, windows_{std::make_unique<windows>(plan, bounds, tally_)} {}
correlation_stage::~correlation_stage() = default;

void correlation_stage::add(alert record, std::vector<alert>& due, std::uint32_t origin) {
  const std::optional<std::int64_t> read =
      record.event_time ? parse_rfc3339(*record.event_time) : std::nullopt;
  std::int64_t time = newest_ns_.value_or(0);
  if (read) {
    time = std::clamp(*read, -correlation_time_ns_max, correlation_time_ns_max);
    newest_ns_ = std::max(newest_ns_.value_or(time), time);
    for (waiting_record& earlier : std::exchange(untimed_, {})) {
      wait(time, std::move(earlier));
    }
  } else {
    ++tally_.untimed;
    if (!newest_ns_ && untimed_.size() < limits::correlation_untimed_max) {
      untimed_.push_back({std::move(record), origin, 0});
      return;
    }
  }
  wait(time, {std::move(record), origin, 0});
  drain(newest_ns_.value_or(0) - limits::allowed_lateness_ns, due);
}

void correlation_stage::pass_time(std::int64_t now_ns, std::vector<alert>& due) {
  drain(now_ns - limits::allowed_lateness_ns, due);
}

void correlation_stage::wait(std::int64_t time_ns, waiting_record record) {
  record.bytes = bytes_of(record.record);
  waiting_bytes_ += record.bytes;
  waiting_.emplace(time_ns, std::move(record));
}

void correlation_stage::drain(std::int64_t before_ns, std::vector<alert>& due) {
  while (!waiting_.empty() && (waiting_.begin()->first < before_ns ||
                               waiting_.size() > limits::correlation_waiting_max ||
                               waiting_bytes_ > limits::correlation_waiting_bytes_max)) {
    const auto oldest = waiting_.extract(waiting_.begin());
    waiting_bytes_ -= oldest.mapped().bytes;
    if (std::exchange(begin_, correlation_begin::input) == correlation_begin::middle) {
      windows_->begins_at(oldest.key());
    }
    windows_->judge(oldest.mapped().record, oldest.mapped().origin, oldest.key(), due);
  }
}

void correlation_stage::finish(std::vector<alert>& due) {
  for (waiting_record& record : untimed_) {
    wait(0, std::move(record));  // no time at all was seen
  }
  untimed_.clear();
  drain(INT64_MAX, due);
  windows_->close_before(INT64_MAX, due);
}

void correlation_stage::absorb(correlation_stage&& other, const node_map& node_of) {
  windows_->absorb(std::move(*other.windows_), node_of);
  for (auto& [time, record] : other.waiting_) {
    if (renumber(*record.record.burst, node_of)) {
      wait(time, std::move(record));
    }
  }
  for (waiting_record& record : other.untimed_) {
    if (!renumber(*record.record.burst, node_of)) {
      continue;
    }
    if (newest_ns_) {
      wait(*newest_ns_, std::move(record));
    } else {
      untimed_.push_back(std::move(record));
    }
  }
  if (other.newest_ns_) {
    newest_ns_ = std::max(newest_ns_.value_or(*other.newest_ns_), *other.newest_ns_);
  }
  other.waiting_.clear();
  other.waiting_bytes_ = 0;
  other.untimed_.clear();
  tally_.untimed += std::exchange(other.tally_.untimed, 0);
  tally_.evicted += std::exchange(other.tally_.evicted, 0);
}

void correlation_stage::save(byte_writer& to,
                             const std::function<bool(std::uint32_t)>& wanted) const {
  correlation_writer writer{to, wanted};
  to.number(newest_ns_ ? 1 : 0);
  to.signed_number(newest_ns_.value_or(0));
  const auto write = [&](std::int64_t time, const waiting_record& one) {
    if (wanted(one.origin)) {
      to.number(1);
      to.signed_number(time);
      to.number(one.origin);
      write_alert(one.record, to);
    }
  };
  for (const auto& [time, one] : waiting_) {
    write(time, one);
  }
  to.number(0);
  for (const waiting_record& one : untimed_) {
    write(0, one);
  }
  to.number(0);
  windows_->save(writer);
}

bool correlation_stage::load(byte_reader& from, const node_map& node_of,
                             std::span<const std::uint32_t> origin_of) {
  correlation_reader reader{from, windows_->nodes(), node_of, origin_of};
  const bool timed = reader.more();
  const std::int64_t newest = reader.time();
  newest_ns_ = timed ? std::optional{newest} : std::nullopt;
  const auto read = [&](auto use) {
    while (reader.more()) {
      const std::int64_t time = reader.time();
      const std::uint32_t origin = reader.origin();
      if (std::optional<alert> one = reader.waiting()) {
        use(time, waiting_record{std::move(*one), origin, 0});
      }
    }
  };
  read([this](std::int64_t time, waiting_record one) { wait(time, std::move(one)); });
  read([this](std::int64_t, waiting_record one) {
    if (untimed_.size() < limits::correlation_untimed_max) {
      untimed_.push_back(std::move(one));
    }
  });
  windows_->load(reader);
  return from.ok();
}

void correlation_stage::forget(std::uint32_t origin) {
  windows_->forget(origin);
  for (auto one = waiting_.begin(); one != waiting_.end();) {
    const auto which = one++;
    if (which->second.origin == origin) {
      waiting_bytes_ -= which->second.bytes;
      waiting_.erase(which);
    }
  }
  std::erase_if(untimed_, [origin](const waiting_record& one) { return one.origin == origin; });
}

}  // namespace trailbell::detect
