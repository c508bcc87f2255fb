// rule_set: rules of any kind, ready to be asked about records.
//
// Immutable; const members from any number of threads at once. Held by a shared pointer for as long
// as anything shows a rule's label: a run keeps its set to its end.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "trailbell/detect/compiled_rule.hpp"
#include "trailbell/detect/correlation_plan.hpp"
#include "trailbell/detect/prefilter.hpp"
#include "trailbell/model/literal_probe.hpp"

namespace trailbell::detect {

class scan_probe;

using rule_ptr = std::shared_ptr<const compiled_rule>;

// The rule that works without any file: see rule.hpp.
[[nodiscard]] rule_ptr builtin_rule();

class rule_set {
 public:
  // In the order in which findings are to come. Ids are unique.
  explicit rule_set(std::vector<rule_ptr> rules);

  [[nodiscard]] std::span<const rule_ptr> rules() const noexcept { return rules_; }
  [[nodiscard]] const correlation_plan& correlations() const noexcept { return correlations_; }

  // Which rules can hold for a record with these fields: indexes into rules(), ascending, instead
  // of what `selected` held. Costs as much as the rules that it gives, however many there are.
  void select(const record_fields& fields, std::vector<std::uint32_t>& selected) const;

  // What tells the scan which records matter; both empty: every record. Both borrow the set.
  [[nodiscard]] const literal_probe& probe() const noexcept { return probe_; }
  [[nodiscard]] const prefilter* literals() const noexcept { return prefilter_.get(); }

 private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using index =
      std::unordered_map<std::string, std::vector<std::uint32_t>, text_hash, std::equal_to<>>;

  void look_for_records();

  std::vector<rule_ptr> rules_;
  correlation_plan correlations_;
  index by_event_name_, by_event_source_;  // a rule stands in one of the three
  std::vector<std::uint32_t> always_;
  literal_probe probe_;
  std::shared_ptr<const scan_probe> scan_probe_;  // that probe_ shows, if any
  std::unique_ptr<const prefilter> prefilter_;
};

// The built-in rule alone: what runs where nothing else is named.
[[nodiscard]] std::shared_ptr<const rule_set> builtin_rule_set();

// Whether every record has to be parsed because of this rule.
[[nodiscard]] inline bool parses_every_record(const compiled_rule& rule) noexcept {
  return !rule.needs().literals;
}

}  // namespace trailbell::detect
