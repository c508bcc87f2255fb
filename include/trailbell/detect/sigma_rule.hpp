// sigma_rule: a Sigma detection rule, evaluated on CloudTrail records.
//
// Sigma Rules Specification 2.1.0. Where it leaves a choice, rules/sigma/README.md says what is
// done. A rule is for CloudTrail where its log source does not say otherwise: product `aws` or
// none, service `cloudtrail` or none, and a category only beside that service. Others load, so that
// whole collections can be given, and never hold. A rule that cannot be run as it is meant is
// refused.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/detect/compiled_rule.hpp"
#include "trailbell/model/yaml.hpp"

namespace trailbell::detect {

class sigma_quick;

// What `%name%` stands for behind the modifier `expand`: Sigma texts, wildcards included.
using sigma_placeholders = std::map<std::string, std::vector<std::string>>;

// Empty where the rule does not say.
struct sigma_log_source {
  std::string category, product, service;
  [[nodiscard]] bool is_cloudtrail() const noexcept;
  // Whether what this one says is what `other` says as well.
  [[nodiscard]] bool contains(const sigma_log_source& other) const;
};

// A Sigma filter: what has to hold beside a rule's own condition. load_rules() puts each on the
// rules that it is for.
struct sigma_filter;
using sigma_filter_ptr = std::shared_ptr<const sigma_filter>;

class sigma_rule final : public compiled_rule {
 public:
  struct content;  // the detection, compiled
  sigma_rule(rule_info::texts info, content of);
  // The same rule, which holds only where each of the filters does too.
  sigma_rule(const sigma_rule& of, std::vector<sigma_filter_ptr> filters);
  ~sigma_rule() override;

  [[nodiscard]] const sigma_log_source& log_source() const noexcept;
  [[nodiscard]] const std::string& status() const noexcept;  // empty, "stable", "test", ...
  [[nodiscard]] severity level() const noexcept;             // `medium` where the rule has none

  // Never suppressed.
  std::optional<rule_match> evaluate(const record_view& record) const override;
  field_verdict decide(const record_fields& fields) const override;
  bool reads_json() const noexcept override;
  const rule_needs& needs() const noexcept override { return needs_; }
  severity_range severities() const noexcept override { return {level(), false}; }
  std::string_view kind() const noexcept override;
  std::vector<explained_condition> explain(const record_view& record) const override;

 private:
  [[nodiscard]] bool is_out_of_reach(const record_fields& fields) const noexcept;

  std::shared_ptr<const content> content_;
  std::shared_ptr<const sigma_quick> quick_;
  std::vector<sigma_filter_ptr> filters_;
  rule_needs needs_;
};

// Whether the document is one that parse_sigma_rule() reads, or refuses with a reason: it has
// a `detection`.
[[nodiscard]] bool is_sigma_rule(const yaml_node& document) noexcept;

// Everything that is wrong, in the order of the file: one problem or more. A rule without an `id`
// takes its `name`, else that of its file.
[[nodiscard]] result<std::shared_ptr<const sigma_rule>, std::vector<file_problem>> parse_sigma_rule(
    const yaml_file& file, const yaml_node& document, const sigma_placeholders& placeholders = {});

// A document `placeholders: {name: [value, ...]}` gives values for every rule that is read with it.
[[nodiscard]] bool is_sigma_placeholders(const yaml_node& document) noexcept;
[[nodiscard]] std::vector<file_problem> read_sigma_placeholders(const yaml_file& file,
                                                                const yaml_node& document,
                                                                sigma_placeholders& into);

}  // namespace trailbell::detect
