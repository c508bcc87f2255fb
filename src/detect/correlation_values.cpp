// What a record adds to correlations: the values of its group, and those that are counted.
#include <algorithm>
#include <utility>

#include "detect/filter_evaluator.hpp"
#include "detect/sigma_path.hpp"
#include "trailbell/detect/correlation_plan.hpp"

namespace trailbell::detect {
namespace {

// As JSON, sorted, each once; no null.
std::vector<std::string> values_at(const std::string& field, const json_tree& record) {
  std::vector<std::string> values;
  any_value(record.root(), field, [&values](json_value found) {
    if (!found.is(json_kind::null)) {
      append_json(found, values.emplace_back());
    }
    return false;  // all of them
  });
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

// Several values are one: their list. None are null, a value as good as another: what a record
// lacks must not take it out of the count.
std::string one_value(const std::string& field, const json_tree& record) {
  std::vector<std::string> values = values_at(field, record);
  if (values.empty()) {
    return "null";
  }
  if (values.size() == 1) {
    return std::move(values.front());
  }
  std::string list = "[";
  for (const std::string& value : values) {
    list += (list.size() > 1 ? "," : "") + value;
  }
  return list + "]";
}

// As thresholds have it: null too for an object or an array.
std::string one_value(const selector& where, const json_tree& record) {
  std::string value = "null";
  const auto take = [&value](json_value found) {
    if (!found.is(json_kind::array) && !found.is(json_kind::object)) {
      value.clear();
      append_json(found, value);
    }
    return true;
  };
  any_selected(where, 0, record.root(), take);
  return value;
}

std::string value_of(const record_place& place, const json_tree& record) {
  if (record.empty()) {
    return "null";
  }
  return std::visit([&record](const auto& where) { return one_value(where, record); }, place.where);
}

// Of one field every value; of several their combination, where the record has them all.
std::vector<std::string> counted_values(const std::vector<record_place>& places,
                                        const json_tree& record) {
  if (places.empty() || record.empty()) {
    return {};
  }
  if (places.size() == 1) {
    return values_at(std::get<std::string>(places.front().where), record);
  }
  std::string all;
  for (const record_place& place : places) {
    const std::string value = value_of(place, record);
    if (value == "null") {
      return {};
    }
    all += (all.empty() ? "[" : ",") + value;
  }
  return {all + "]"};
}

}  // namespace

void append_feeds(const correlation_plan::role& role, const json_tree& record,
                  std::vector<alert_feed>& feeds) {
  for (const rule_feed& from : role.feeds) {
    alert_feed feed{from.node, from.member, {}, counted_values(from.counted, record)};
    if (!from.counted.empty() && feed.values.empty()) {
      continue;  // without the field there is nothing to count
    }
    for (const record_place& place : from.group_by) {
      feed.group.emplace_back(place.shown, value_of(place, record));
    }
    feeds.push_back(std::move(feed));
  }
}

}  // namespace trailbell::detect
