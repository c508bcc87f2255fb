#include "pipeline/refused_alerts.hpp"

#include <limits>
#include <utility>

namespace trailbell::pipeline {

refused_alert refused_alert_of(const alert& what) {
  return {what.place.name, what.place.partition, what.place.offset, what.record, what.fingerprint};
}

void refused_alerts::add(refused_alert which, std::string why) {
  why_.insert_or_assign(std::move(which), std::move(why));
}

const std::string* refused_alerts::find(const alert& what) const {
  if (why_.empty()) {
    return nullptr;
  }
  const auto known = why_.find(refused_alert_of(what));
  return known == why_.end() ? nullptr : &known->second;
}

void refused_alerts::stored(const std::string& topic, std::int32_t partition, std::int64_t below) {
  if (why_.empty()) {
    return;
  }
  constexpr std::int64_t first = std::numeric_limits<std::int64_t>::min();
  why_.erase(why_.lower_bound({topic, partition, first, 0, {}}),
             why_.lower_bound({topic, partition, below, 0, {}}));
}

}  // namespace trailbell::pipeline
