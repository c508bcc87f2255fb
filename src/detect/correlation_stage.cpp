#include "trailbell/detect/correlation_stage.hpp"

#include <algorithm>
#include <utility>

#include "detect/correlation_bytes.hpp"
#include "detect/correlation_windows.hpp"
#include "trailbell/base/timestamp.hpp"
#include "trailbell/model/alert_bytes.hpp"

namespace trailbell::detect {
namespace {

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

correlation_stage::correlation_stage(const correlation_plan& plan, correlation_bounds bounds,
                                     correlation_begin begin, correlation_clock whose)
    : begin_{begin},
      clock_{whose},
      windows_{std::make_unique<windows>(plan, bounds, tally_, origins_)} {}
correlation_stage::~correlation_stage() = default;

void correlation_stage::add(alert record, std::vector<alert>& due, std::uint32_t origin) {
  origins_.clear();
  clock& on = clock_of(origin);
  const std::optional<std::int64_t> read =
      record.event_time ? parse_rfc3339(*record.event_time) : std::nullopt;
  std::int64_t time = on.newest_ns.value_or(0);
  if (read) {
    time = std::clamp(*read, -correlation_time_ns_max, correlation_time_ns_max);
    on.newest_ns = std::max(on.newest_ns.value_or(time), time);
    for (waiting_record& earlier : std::exchange(on.untimed, {})) {
      wait(on, time, std::move(earlier));
    }
  } else {
    ++tally_.untimed;
    if (!on.newest_ns && on.untimed.size() < limits::correlation_untimed_max) {
      on.untimed.push_back({std::move(record), origin, 0});
      return;
    }
  }
  wait(on, time, {std::move(record), origin, 0});
  drain(on, std::max(on.before_ns, on.newest_ns.value_or(0) - limits::allowed_lateness_ns), due);
}

void correlation_stage::pass_time(std::int64_t now_ns, std::vector<alert>& due) {
  origins_.clear();
  for (auto& [origin, on] : clocks_) {
    drain(on, now_ns - limits::allowed_lateness_ns, due);
  }
}

void correlation_stage::judge_before(std::int64_t before_ns, std::uint32_t origin,
                                     std::vector<alert>& due) {
  origins_.clear();
  clock& on = clock_of(origin);
  on.before_ns = std::max(on.before_ns, before_ns);
  drain(on, on.before_ns, due);
}

std::optional<std::int64_t> correlation_stage::judged_before(std::uint32_t origin) const {
  const auto on = clocks_.find(origin);
  const std::optional<std::int64_t> seen = newest(origin);
  return seen ? std::optional{std::max(on->second.before_ns, *seen - limits::allowed_lateness_ns)}
              : std::nullopt;
}

std::optional<std::int64_t> correlation_stage::newest(std::uint32_t origin) const {
  const auto on = clocks_.find(origin);
  return on == clocks_.end() ? std::nullopt : on->second.newest_ns;
}

std::optional<std::int64_t> correlation_stage::newest() const {
  std::optional<std::int64_t> all;
  for (const auto& [origin, on] : clocks_) {
    if (on.newest_ns) {
      all = std::max(all.value_or(*on.newest_ns), *on.newest_ns);
    }
  }
  return all;
}

void correlation_stage::wait(clock& on, std::int64_t time_ns, waiting_record record) {
  record.bytes = bytes_of(record.record);
  waiting_bytes_ += record.bytes;
  ++waiting_count_;
  on.waiting.emplace(time_ns, std::move(record));
}

void correlation_stage::drain(clock& on, std::int64_t before_ns, std::vector<alert>& due) {
  while (!on.waiting.empty() && (on.waiting.begin()->first < before_ns ||
                                 waiting_count_ > limits::correlation_waiting_max ||
                                 waiting_bytes_ > limits::correlation_waiting_bytes_max)) {
    const auto oldest = on.waiting.extract(on.waiting.begin());
    waiting_bytes_ -= oldest.mapped().bytes;
    --waiting_count_;
    if (std::exchange(begin_, correlation_begin::input) == correlation_begin::middle) {
      windows_->begins_at(oldest.key());
    }
    windows_->judge(oldest.mapped().record, oldest.mapped().origin, oldest.key(), due);
  }
}

void correlation_stage::finish(std::vector<alert>& due) {
  origins_.clear();
  for (auto& [origin, on] : clocks_) {
    for (waiting_record& record : std::exchange(on.untimed, {})) {
      wait(on, 0, std::move(record));  // no time at all was seen
    }
    drain(on, INT64_MAX, due);
  }
  windows_->close_before(INT64_MAX, due);
}

void correlation_stage::absorb(correlation_stage&& other, const node_map& node_of) {
  windows_->absorb(std::move(*other.windows_), node_of);
  for (auto& [origin, on] : std::exchange(other.clocks_, {})) {
    absorb(clock_of(origin), std::move(on), node_of);
  }
  other.waiting_bytes_ = other.waiting_count_ = 0;
  tally_.untimed += std::exchange(other.tally_.untimed, 0);
  tally_.evicted += std::exchange(other.tally_.evicted, 0);
}

void correlation_stage::absorb(clock& on, clock&& other, const node_map& node_of) {
  for (auto& [time, record] : other.waiting) {
    if (renumber(*record.record.burst, node_of)) {
      wait(on, time, std::move(record));
    }
  }
  for (waiting_record& record : other.untimed) {
    if (!renumber(*record.record.burst, node_of)) {
      continue;
    }
    if (on.newest_ns) {
      wait(on, *on.newest_ns, std::move(record));
    } else {
      on.untimed.push_back(std::move(record));
    }
  }
  if (other.newest_ns) {
    on.newest_ns = std::max(on.newest_ns.value_or(*other.newest_ns), *other.newest_ns);
  }
  on.before_ns = std::max(on.before_ns, other.before_ns);
}

void correlation_stage::save(byte_writer& to,
                             const std::function<bool(std::uint32_t)>& wanted) const {
  correlation_writer writer{to, wanted};
  const std::optional<std::int64_t> seen = newest();
  to.number(seen ? 1 : 0);
  to.signed_number(seen.value_or(0));
  const auto write = [&](std::int64_t time, const waiting_record& one) {
    if (wanted(one.origin)) {
      to.number(1);
      to.signed_number(time);
      to.number(one.origin);
      write_alert(one.record, to);
    }
  };
  for (const auto& [origin, on] : clocks_) {
    for (const auto& [time, one] : on.waiting) {
      write(time, one);
    }
  }
  to.number(0);
  for (const auto& [origin, on] : clocks_) {
    for (const waiting_record& one : on.untimed) {
      write(0, one);
    }
  }
  to.number(0);
  windows_->save(writer);
}

bool correlation_stage::load(byte_reader& from, const node_map& node_of,
                             std::span<const std::uint32_t> origin_of) {
  correlation_reader reader{from, windows_->nodes(), node_of, origin_of};
  const bool timed = reader.more();
  const std::int64_t newest = reader.time();
  clock& on = clock_of(0);
  on.newest_ns = timed ? std::optional{newest} : std::nullopt;
  const auto read = [&](auto use) {
    while (reader.more()) {
      const std::int64_t time = reader.time();
      const std::uint32_t origin = reader.origin();
      if (std::optional<alert> one = reader.waiting()) {
        use(time, waiting_record{std::move(*one), origin, 0});
      }
    }
  };
  read([&](std::int64_t time, waiting_record one) { wait(on, time, std::move(one)); });
  read([&on](std::int64_t, waiting_record one) {
    if (on.untimed.size() < limits::correlation_untimed_max) {
      on.untimed.push_back(std::move(one));
    }
  });
  windows_->load(reader);
  return from.ok();
}

void correlation_stage::forget(std::uint32_t origin) {
  windows_->forget(origin);
  clock& on = clock_of(origin);
  for (auto one = on.waiting.begin(); one != on.waiting.end();) {
    const auto which = one++;
    if (which->second.origin == origin) {
      waiting_bytes_ -= which->second.bytes;
      --waiting_count_;
      on.waiting.erase(which);
    }
  }
  std::erase_if(on.untimed, [origin](const auto& one) { return one.origin == origin; });
  if (clock_ == correlation_clock::own) {
    clocks_.erase(origin);
  }
}

}  // namespace trailbell::detect
