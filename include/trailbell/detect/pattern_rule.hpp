// pattern_rule: a CloudWatch Logs filter pattern with a name, a severity and what it leaves out.
// rules/README.md has the file format.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "trailbell/detect/compiled_rule.hpp"
#include "trailbell/detect/filter_pattern.hpp"

namespace trailbell::detect {

struct severity_case {
  std::optional<filter_pattern> when;  // of the last one: nothing
  severity is = severity::informational;
};

class pattern_rule final : public compiled_rule {
 public:
  struct parts {
    filter_pattern pattern;
    std::vector<severity_case> severities;  // one or more; the first that holds
    std::vector<filter_pattern> suppress;
    std::optional<rule_threshold> threshold;
  };
  pattern_rule(rule_info::texts info, parts of);
  ~pattern_rule() override;

  [[nodiscard]] const parts& content() const noexcept { return parts_; }

  std::optional<rule_match> evaluate(const record_view& record) const override;
  field_verdict decide(const record_fields& fields) const override;
  bool reads_json() const noexcept override { return reads_json_; }
  const rule_needs& needs() const noexcept override { return needs_; }
  const rule_threshold* threshold() const noexcept override {
    return parts_.threshold ? &*parts_.threshold : nullptr;
  }
  severity_range severities() const noexcept override {
    return {parts_.severities.front().is, parts_.severities.size() > 1};
  }
  std::string_view kind() const noexcept override { return "pattern"; }
  std::vector<explained_condition> explain(const record_view& record) const override;

 private:
  struct quick_parts;
  parts parts_;
  std::unique_ptr<const quick_parts> quick_;  // none: it has to see the record
  rule_needs needs_;
  bool reads_json_ = false;
};

// What holds of every record that a pattern matches.
[[nodiscard]] rule_needs needs_of(const filter_pattern& pattern);

}  // namespace trailbell::detect
