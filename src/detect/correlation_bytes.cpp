#include "detect/correlation_bytes.hpp"

#include <algorithm>
#include <utility>

#include "trailbell/model/alert_bytes.hpp"

namespace trailbell::detect {
namespace {

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
  return text ? std::optional{std::string{*text}} : std::nullopt;
}

}  // namespace

bool renumber(alert_burst& burst, std::span<const std::optional<std::uint32_t>> node_of) {
  std::erase_if(burst.feeds, [&](alert_feed& feed) {
    const auto node = node_of[feed.node];
    feed.node = node.value_or(0);
    return !node;
  });
  std::erase_if(burst.fingerprints, [&](auto& one) {
    const auto node = node_of[one.first];
    one.first = node.value_or(0);
    return !node;
  });
  return !burst.feeds.empty();
}

// ---- to bytes
// -------------------------------------------------------------------------------------

bool correlation_writer::wants_any_of(const correlation_entries& entries) const {
  return std::any_of(entries.begin(), entries.end(),
                     [this](const auto& one) { return wanted_(one.second.event->origin); });
}

void correlation_writer::write(const correlation_entries& entries) {
  for (const auto& [time, entry] : entries) {
    if (wanted_(entry.event->origin)) {
      to_.number(1);
      write(entry.event);
      to_.number(entry.member);
      to_.text(entry.value);
    }
  }
  to_.number(0);
}

void correlation_writer::write(const std::shared_ptr<const correlation_event>& event) {
  const auto [known, is_new] = written_.try_emplace(event.get(), written_.size());
  to_.number(known->second);
  if (!is_new) {
    return;
  }
  to_.signed_number(event->time_ns);
  to_.number(event->origin);
  to_.optional_text(event->from);
  to_.optional_text(event->to);
  to_.number(event->ids.size());
  for (const std::optional<std::string>& id : event->ids) {
    to_.optional_text(id);
  }
}

// ---- and back
// -------------------------------------------------------------------------------------

std::int64_t correlation_reader::time() {
  return std::clamp(from_.signed_number(), -correlation_time_ns_max, correlation_time_ns_max);
}

std::uint32_t correlation_reader::origin() {
  const std::uint64_t theirs = from_.number_below(origin_of_.size());
  return from_.ok() ? origin_of_[theirs] : 0;
}

std::optional<std::uint32_t> correlation_reader::node() {
  const std::uint64_t theirs = from_.number_below(node_of_.size());
  return from_.ok() ? node_of_[theirs] : std::nullopt;
}

std::uint32_t correlation_reader::member(std::optional<std::uint32_t> node) {
  return static_cast<std::uint32_t>(
      from_.number_below(node ? nodes_[*node].members : std::uint64_t{UINT32_MAX}));
}

correlation_entries correlation_reader::entries(std::optional<std::uint32_t> node) {
  correlation_entries all;
  while (more()) {
    correlation_entry one;
    one.event = event();
    one.member = member(node);
    one.value = from_.text();
    if (!from_.ok()) {
      return {};
    }
    const std::int64_t time = one.event->time_ns;
    all.emplace_hint(all.end(), time, std::move(one));
  }
  return all;
}

std::shared_ptr<const correlation_event> correlation_reader::event() {
  const std::uint64_t number = from_.number_below(read_.size() + 1);
  if (!from_.ok() || number < read_.size()) {
    return from_.ok() ? read_[number] : nullptr;
  }
  auto made = std::make_shared<correlation_event>();
  made->time_ns = time();
  made->origin = origin();
  made->from = owned(from_.optional_text());
  made->to = owned(from_.optional_text());
  made->ids.resize(from_.count());
  for (std::optional<std::string>& id : made->ids) {
    id = owned(from_.optional_text());
  }
  read_.push_back(made);
  return made;
}

std::optional<alert> correlation_reader::waiting() {
  std::optional<alert> made = read_alert(from_);
  if (!made || !made->burst) {
    return std::nullopt;
  }
  const auto known = [this](std::uint32_t node) { return node < node_of_.size(); };
  alert_burst& burst = *made->burst;
  const bool sound = std::all_of(burst.feeds.begin(), burst.feeds.end(),
                                 [&](const alert_feed& feed) { return known(feed.node); }) &&
                     std::all_of(burst.fingerprints.begin(), burst.fingerprints.end(),
                                 [&](const auto& one) { return known(one.first); });
  if (!sound || !renumber(burst, node_of_)) {
    return std::nullopt;
  }
  std::erase_if(burst.feeds, [this](const alert_feed& feed) {
    return feed.member >= nodes_[feed.node].members;
  });
  return made;
}

}  // namespace trailbell::detect
