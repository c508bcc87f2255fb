// rule: detection as data, and the built-in rule cis-4.4.
#pragma once

#include <optional>

#include "trailbell/model/alert.hpp"
#include "trailbell/model/literal_probe.hpp"
#include "trailbell/model/record.hpp"

namespace trailbell::detect {

struct rule {
  rule_label label;
  // The severity of a record for which the rule holds; nothing where it does not hold. Pure.
  std::optional<severity> (*evaluate)(const record_fields& fields) noexcept;
  // Finds every record for which the rule can hold.
  literal_probe probe;
};

// CIS AWS Foundations, "Ensure IAM policy changes are monitored", to the letter: the sixteen names,
// whatever the event source and outcome, so that it counts exactly what AWS's own metric filter
// counts. high: a change that IAM made; medium: one that it denied; informational: another service.
[[nodiscard]] const rule& cis_4_4() noexcept;

}  // namespace trailbell::detect
