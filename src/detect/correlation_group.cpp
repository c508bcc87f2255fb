#include "detect/correlation_group.hpp"

#include <iterator>
#include <utility>

#include "trailbell/base/limits.hpp"

namespace trailbell::detect {
namespace {

std::pair<std::uint32_t, std::string> counted(const correlation_node& node,
                                              const correlation_entry& entry) {
  return node.type == correlation_type::value_count ? std::pair{0U, entry.value}
                                                    : std::pair{entry.member, std::string{}};
}

}  // namespace

void append_event(const correlation_entry& entry, const correlation_event*& previous,
                  correlation_event& whole) {
  const correlation_event& event = *entry.event;
  if (&event == previous) {
    return;  // the same record once more: another rule, another value
  }
  if (previous == nullptr) {
    whole.from = event.from;
  }
  whole.spans =
      whole.spans || event.spans || (previous != nullptr && previous->origin != event.origin);
  whole.origin = event.origin;
  previous = &event;
  whole.time_ns = event.time_ns;
  whole.to = event.to;
  for (const std::optional<std::string>& id : event.ids) {
    if (whole.ids.size() < limits::correlation_event_ids_max) {
      whole.ids.push_back(id);
    }
  }
}

// ---- progress
// ------------------------------------------------------------------------------------

void correlation_progress::add(const correlation_node& node, const correlation_entry& entry) {
  if (node.type == correlation_type::event_count) {
    ++entries_;
    return;
  }
  ++distinct_[counted(node, entry)];
  if (node.type == correlation_type::temporal_ordered) {
    begun_.resize(node.members);
    // Rules of one record come the last first, so that none of them stands behind another.
    begun_[entry.member] =
        entry.member == 0 ? std::optional{entry.event->time_ns} : begun_[entry.member - 1];
  }
}

void correlation_progress::remove(const correlation_node& node, const correlation_entry& entry) {
  if (node.type == correlation_type::event_count) {
    --entries_;
  } else {
    const auto found = distinct_.find(counted(node, entry));
    if (--found->second == 0) {
      distinct_.erase(found);
    }
  }
}

void correlation_progress::clear() {
  entries_ = 0;
  distinct_.clear();
  begun_.clear();
}

std::uint64_t correlation_progress::count(const correlation_node& node,
                                          const correlation_entry& last) const {
  if (node.type == correlation_type::event_count) {
    return entries_;
  }
  if (node.type != correlation_type::temporal_ordered) {
    return distinct_.size();
  }
  const bool all = last.member + 1 == node.members && begun_.back() &&
                   *begun_.back() >= last.event->time_ns - node.timespan_ns;
  return all ? node.members : 0;
}

// ---- group
// ---------------------------------------------------------------------------------------

std::optional<correlation_outcome> correlation_group::add(const correlation_node& node,
                                                          std::vector<correlation_entry> entries) {
  const std::int64_t time = entries.front().event->time_ns;
  const bool begins = entries_.empty();
  while (!entries_.empty() && entries_.begin()->first < time - node.timespan_ns) {
    drop_oldest(node);
  }
  doubted_ = doubted_ && (begins || !entries_.empty());
  std::optional<place> begin;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    bytes_ += entries[i].bytes();
    const auto added = entries_.emplace(time, std::move(entries[i]));
    begin = begin ? begin : added;
    advance(node, added);
    // An order ends with its last rule, whatever else the record stands for.
    const bool ordered = node.type == correlation_type::temporal_ordered;
    if (!doubted_ && (ordered || i + 1 == entries.size()) &&
        progress_.count(node, last_->second) >= node.least) {
      return take(node, last_);
    }
  }
  const std::optional<place> last = doubted_ ? std::nullopt : find_enough(node, *begin);
  return last ? std::optional{take(node, *last)} : std::nullopt;
}

// Makes the known window that which ends with `added`.
void correlation_group::advance(const correlation_node& node, place added) {
  if (!known_ || std::next(last_) != added) {
    progress_.clear();
    first_ = entries_.lower_bound(added->first - node.timespan_ns);
    for (auto one = first_; one != added; ++one) {
      progress_.add(node, one->second);
    }
    known_ = true;
  }
  last_ = added;
  progress_.add(node, added->second);
  for (; first_->first < added->first - node.timespan_ns; ++first_) {
    progress_.remove(node, first_->second);
  }
}

// The end of the first window that holds what was added and enough others, where some are later: it
// came too late. It begins with `begin`, and ends the known window.
std::optional<correlation_group::place> correlation_group::find_enough(const correlation_node& node,
                                                                       place begin) {
  look_ahead(node, begin);
  auto last = std::next(last_);
  // At least one of what is counted is in both windows.
  if (!ahead_known_ || progress_.count_max(node) + ahead_.count_max(node) - 1 < node.least) {
    return std::nullopt;
  }
  correlation_progress progress = progress_;
  auto first = first_;
  for (; last != entries_.end() && last->first <= begin->first + node.timespan_ns; ++last) {
    progress.add(node, last->second);
    for (; first->first < last->first - node.timespan_ns; ++first) {
      progress.remove(node, first->second);
    }
    if (progress.count(node, last->second) >= node.least) {
      return last;
    }
  }
  return std::nullopt;
}

// The window that begins with what was added; none where nothing later is within reach.
void correlation_group::look_ahead(const correlation_node& node, place begin) {
  const std::int64_t end_ns = begin->first + node.timespan_ns;
  const auto after = std::next(last_);
  if (after == entries_.end() || after->first > end_ns) {
    ahead_known_ = false;
    return;
  }
  if (!ahead_known_ || ahead_first_ != after) {
    ahead_.clear();
    ahead_known_ = true;
    ahead_last_ = std::prev(entries_.upper_bound(end_ns));
    for (auto one = after; one != std::next(ahead_last_); ++one) {
      ahead_.add(node, one->second);
    }
  }
  for (auto one = begin; one != after; ++one) {
    ahead_.add(node, one->second);
  }
  ahead_first_ = begin;
  for (; ahead_last_->first > end_ns; --ahead_last_) {
    ahead_.remove(node, ahead_last_->second);
  }
}

// Counting begins anew: what came before cannot count again either.
correlation_outcome correlation_group::take(const correlation_node& node, place last) {
  correlation_progress progress;
  correlation_outcome outcome;
  const correlation_event* previous = nullptr;
  const auto end = std::next(last);
  for (auto one = entries_.lower_bound(last->first - node.timespan_ns); one != end; ++one) {
    progress.add(node, one->second);
    append_event(one->second, previous, outcome.whole);
  }
  outcome.count = progress.count(node, last->second);
  known_ = false;
  ahead_known_ = false;
  while (entries_.begin() != end) {
    drop(entries_.begin());
  }
  return outcome;
}

void correlation_group::drop_oldest(const correlation_node& node) {
  const auto oldest = entries_.begin();
  if (known_ && oldest == first_) {
    progress_.remove(node, oldest->second);
    known_ = first_ != last_;
    ++first_;
  }
  ahead_known_ = ahead_known_ && oldest->first < ahead_first_->first;
  drop(oldest);
}

void correlation_group::absorb(correlation_group&& other) {
  known_ = ahead_known_ = doubted_ = false;
  bytes_ += std::exchange(other.bytes_, 0);
  entries_.merge(other.entries_);
}

void correlation_group::absorb(correlation_entries entries) {
  correlation_group other;
  for (const auto& [time, entry] : entries) {
    other.bytes_ += entry.bytes();
  }
  other.entries_ = std::move(entries);
  absorb(std::move(other));
}

void correlation_group::forget(std::uint32_t origin) {
  known_ = ahead_known_ = false;
  for (auto one = entries_.begin(); one != entries_.end();) {
    const auto which = one++;
    if (which->second.event->origin == origin) {
      drop(which);
    }
  }
}

void correlation_group::drop(place which) {
  bytes_ -= which->second.bytes();
  entries_.erase(which);
}

}  // namespace trailbell::detect
