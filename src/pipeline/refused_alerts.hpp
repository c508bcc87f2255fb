// refused_alerts: which alerts a transaction's broker will not store, until what they came of is
// stored without them.
//
// After the abort that told of it, their records are read again, and come to the same alerts. Of a
// partition it holds those of one transaction at most: what is stored of the partition takes out
// all that lies below.
//
// Pure; one thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "trailbell/model/alert.hpp"
#include "trailbell/model/position.hpp"

namespace trailbell::pipeline {

// An alert, the same whenever its record is read: topic, partition, offset, record, fingerprint.
using refused_alert =
    std::tuple<std::string, std::int32_t, std::int64_t, std::uint64_t, std::string>;

[[nodiscard]] refused_alert refused_alert_of(const alert& what);

class refused_alerts {
 public:
  void add(refused_alert which, std::string why);
  // Null: it was not refused.
  [[nodiscard]] const std::string* find(const alert& what) const;
  // A partition is stored up to this offset.
  void stored(const std::string& topic, std::int32_t partition, std::int64_t below);
  [[nodiscard]] std::size_t count() const noexcept { return why_.size(); }

 private:
  std::map<refused_alert, std::string> why_;
};

}  // namespace trailbell::pipeline
