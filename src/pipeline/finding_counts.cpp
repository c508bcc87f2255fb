#include "pipeline/finding_counts.hpp"

#include <string_view>
#include <utility>

#include "trailbell/base/limits.hpp"

namespace trailbell::pipeline {
namespace {

constexpr std::string_view others = "(others)";

// Adds to one key of a table whose keys the input chooses.
void add(named_counts& table, std::string_view key) {
  const auto found = table.find(key);
  if (found != table.end()) {
    ++found->second;
  } else {
    ++table[std::string{table.size() < limits::summary_keys_max ? key : others}];
  }
}

void subtract(named_counts& table, std::string_view key) {
  auto found = table.find(key);
  found = found == table.end() ? table.find(others) : found;
  if (found != table.end() && --found->second == 0) {
    table.erase(found);
  }
}

std::string_view event_name_of(const alert& found) {
  return found.event_name.value_or("(none)");
}

std::string_view actor_of(const alert& found) {
  return found.actor.arn.value_or(found.actor.name.value_or("(unknown)"));
}

std::string_view account_of(const alert& found) {
  return found.account_id.value_or("(unknown)");
}

}  // namespace

void finding_counts::suppress(const alert& found, std::uint64_t& reason) {
  ++reason;
  ++totals_.findings;
  ++totals_.suppressed;
  add(totals_.by_rule, found.rule.id);
  add(totals_.by_event_name, event_name_of(found));
}

void finding_counts::accept(const alert& found) {
  ++totals_.findings;
  ++totals_.alerts;
  add(totals_.by_rule, found.rule.id);
  add(totals_.by_event_name, event_name_of(found));
  add(totals_.by_actor, actor_of(found));
  add(totals_.by_account, account_of(found));
  recent_.push_back({std::string{found.rule.id}, std::string{event_name_of(found)},
                     std::string{actor_of(found)}, std::string{account_of(found)}});
}

void finding_counts::keep_back(std::size_t count) {
  while (recent_.size() > count) {
    recent_.pop_front();
  }
}

void finding_counts::take_back(std::size_t count) {
  keep_back(count);
  for (const accepted& what : std::exchange(recent_, {})) {
    --totals_.findings;
    --totals_.alerts;
    subtract(totals_.by_rule, what.rule);
    subtract(totals_.by_event_name, what.event_name);
    subtract(totals_.by_actor, what.actor);
    subtract(totals_.by_account, what.account);
  }
}

}  // namespace trailbell::pipeline
