// rule_set: rules of any kind, ready to be asked about records.
//
// Immutable; const members from any number of threads at once. Held by a shared pointer for as long
// as anything shows a rule's label: a run keeps its set to its end.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "trailbell/detect/compiled_rule.hpp"
#include "trailbell/detect/correlation_plan.hpp"
#include "trailbell/detect/prefilter.hpp"
#include "trailbell/model/literal_probe.hpp"

namespace trailbell::detect {

class scan_probe;
struct rule_index;

using rule_ptr = std::shared_ptr<const compiled_rule>;

// The rule that works without any file: see rule.hpp.
[[nodiscard]] rule_ptr builtin_rule();

class rule_set {
 public:
  // In the order in which findings are to come. Ids are unique.
  explicit rule_set(std::vector<rule_ptr> rules);

  [[nodiscard]] std::span<const rule_ptr> rules() const noexcept { return rules_; }
  [[nodiscard]] const correlation_plan& correlations() const noexcept { return correlations_; }

  // For rule_selector.
  [[nodiscard]] const rule_index& index() const noexcept { return *index_; }

  // What tells the scan which records matter: each by itself, and either may be enough. Both empty:
  // every record. Both borrow the set.
  [[nodiscard]] const literal_probe& probe() const noexcept { return probe_; }
  [[nodiscard]] const prefilter* literals() const noexcept { return prefilter_.get(); }

 private:
  void look_for_records();

  std::vector<rule_ptr> rules_;
  correlation_plan correlations_;
  std::shared_ptr<const rule_index> index_;
  literal_probe probe_;
  std::shared_ptr<const scan_probe> scan_probe_;  // that probe_ shows, if any
  std::unique_ptr<const prefilter> prefilter_;
};

// The built-in rule alone: what runs where nothing else is named.
[[nodiscard]] std::shared_ptr<const rule_set> builtin_rule_set();

// Whether every record has to be parsed because of this rule.
[[nodiscard]] inline bool parses_every_record(const compiled_rule& rule) noexcept {
  return !rule.needs().literals && !rule.needs().event_names;
}

}  // namespace trailbell::detect
