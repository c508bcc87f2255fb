#include "trailbell/detect/threshold_stage.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "trailbell/base/timestamp.hpp"

namespace trailbell::detect {

void threshold_stage::add(alert match, std::vector<alert>& due) {
  const std::optional<std::int64_t> time =
      match.event_time ? parse_rfc3339(*match.event_time) : std::nullopt;
  if (!time) {
    ++tally_.untimed;
    return;
  }
  newest_ns_ = std::max(newest_ns_, *time);
  waiting_.emplace(*time, std::move(match));
  while (!waiting_.empty() && (waiting_.begin()->first < newest_ns_ - limits::allowed_lateness_ns ||
                               waiting_.size() > limits::threshold_waiting_max)) {
    auto oldest = waiting_.extract(waiting_.begin());
    judge(std::move(oldest.mapped()), oldest.key(), due);
  }
}

void threshold_stage::finish(std::vector<alert>& due) {
  for (auto& [time, match] : waiting_) {
    judge(std::move(match), time, due);
  }
  waiting_.clear();
}

void threshold_stage::judge(alert match, std::int64_t time_ns, std::vector<alert>& due) {
  const rule_threshold& threshold = *rules_[match.burst->rule]->threshold();
  const auto own = group_of(match);
  std::vector<entry>& entries = own->second.entries;
  // What no match can reach any more that is not later than is allowed.
  const std::int64_t reach = threshold.window_ns + limits::allowed_lateness_ns;
  const auto fresh = std::find_if(entries.begin(), entries.end(),
                                  [&](const entry& e) { return e.time_ns >= time_ns - reach; });
  entries_ -= static_cast<std::size_t>(fresh - entries.begin());
  entries.erase(entries.begin(), fresh);

  const auto place =
      std::upper_bound(entries.begin(), entries.end(), time_ns,
                       [](std::int64_t time, const entry& e) { return time < e.time_ns; });
  const auto added = entries.insert(
      place, {time_ns, std::string{*match.event_time}, std::string{match.event_id.value_or("")}});
  const auto at = static_cast<std::size_t>(added - entries.begin());
  ++entries_;
  // The first window of `count` neighbours that holds the new one.
  const std::size_t count = threshold.count;
  for (std::size_t first = at + 1 < count ? 0 : at + 1 - count;
       first <= at && first + count <= entries.size(); ++first) {
    const entry& last = entries[first + count - 1];
    if (last.time_ns - entries[first].time_ns > threshold.window_ns) {
      continue;
    }
    match.burst->count = count;
    match.burst->from = entries[first].time;
    match.burst->to = last.time;
    for (std::size_t i = first; i < first + count; ++i) {
      if (match.burst->event_ids.size() < limits::threshold_event_ids_max) {
        match.burst->event_ids.push_back(std::move(entries[i].event_id));
      }
    }
    // Counting begins anew: what came before cannot count again either.
    entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(first + count));
    entries_ -= first + count;
    due.push_back(std::move(match));
    break;
  }
  if (entries.empty()) {
    forget(own);
  }
  while (entries_ > entries_max_ && groups_.size() > 1) {
    const auto quietest = groups_.find(*by_quiet_.front());
    tally_.evicted += quietest->second.entries.size();
    forget(quietest);
  }
}

threshold_stage::group_map::iterator threshold_stage::group_of(const alert& match) {
  std::string key = std::to_string(match.burst->rule);
  for (const auto& [name, value] : match.burst->group) {
    key.push_back('\0');
    key += value;
  }
  const auto [found, is_new] = groups_.try_emplace(std::move(key));
  if (is_new) {
    found->second.quiet_since = by_quiet_.insert(by_quiet_.end(), &found->first);
  } else {
    by_quiet_.splice(by_quiet_.end(), by_quiet_, found->second.quiet_since);
  }
  return found;
}

void threshold_stage::forget(group_map::iterator which) {
  entries_ -= which->second.entries.size();
  by_quiet_.erase(which->second.quiet_since);
  groups_.erase(which);
}

}  // namespace trailbell::detect
