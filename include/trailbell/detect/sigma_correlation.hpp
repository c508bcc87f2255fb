// sigma_correlation: what several matches of other rules have to be, to be one alert.
//
// Sigma Correlation Rules Specification 2.1.0. Where it leaves a choice,
// rules/sigma/correlations.md says what is done. It never holds for one record: correlation_stage
// sees what its rules hold for. What a stream cannot show is refused, by read_sigma_correlation()
// (sigma_correlation_file.hpp): that too few matches came, sums and other figures that fall again,
// and a chain over a field of which the alerts of the inner rule have no one value.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/detect/compiled_rule.hpp"

namespace trailbell::detect {

// What is counted: records, distinct values, distinct rules; of the last one, all rules in order.
enum class correlation_type : std::uint8_t { event_count, value_count, temporal, temporal_ordered };

// By type, as Sigma spells them.
inline constexpr std::array<std::string_view, 4> correlation_type_names{
    "event_count", "value_count", "temporal", "temporal_ordered"};
[[nodiscard]] std::string_view to_string(correlation_type type) noexcept;

class sigma_correlation final : public compiled_rule {
 public:
  struct member {
    std::shared_ptr<const compiled_rule> rule;
    std::vector<std::string> group_by;  // its field for each of the correlation's
    std::vector<std::string> counted;   // and for each that is counted
  };
  struct parts {
    correlation_type type = correlation_type::event_count;
    std::vector<member> members;        // one or more, none twice
    std::vector<std::string> group_by;  // fields or aliases, as the file has them
    std::vector<std::string> counted;   // of a value_count
    std::int64_t timespan_ns = 0;
    std::uint64_t least = 1;            // what is counted
    std::optional<std::uint64_t> most;  // judged when the timespan is over
    bool generate = false;              // its rules' matches are findings too
    severity level = severity::medium;
  };
  sigma_correlation(rule_info::texts info, parts of);

  [[nodiscard]] const parts& content() const noexcept { return parts_; }
  // `event_count of 5 or more within 10m, by userIdentity.arn`
  [[nodiscard]] std::string summary() const;

  std::optional<rule_match> evaluate(const record_view&) const override { return std::nullopt; }
  bool reads_json() const noexcept override;
  const rule_needs& needs() const noexcept override { return needs_; }
  severity_range severities() const noexcept override { return {parts_.level, false}; }
  std::string_view kind() const noexcept override { return "correlation"; }
  // Which of its rules hold.
  std::vector<explained_condition> explain(const record_view& record) const override;

 private:
  parts parts_;
  rule_needs needs_;  // none: the scan looks for what its rules need
};

}  // namespace trailbell::detect
