#include "trailbell/detect/rule_set.hpp"

#include <algorithm>
#include <utility>

#include "detect/rule_index.hpp"
#include "detect/scan_probe.hpp"
#include "trailbell/detect/iam_policy_events.hpp"
#include "trailbell/detect/rule.hpp"

namespace trailbell::detect {
namespace {

rule_info::texts texts_of(const rule& builtin) {
  rule_info::texts texts;
  texts.id = builtin.label.id;
  texts.title = builtin.label.title;
  texts.controls = {builtin.label.controls.begin(), builtin.label.controls.end()};
  texts.tags = {builtin.label.tags.begin(), builtin.label.tags.end()};
  return texts;
}

class builtin_cis_4_4 final : public compiled_rule {
 public:
  builtin_cis_4_4() : compiled_rule{texts_of(cis_4_4())} {
    needs_.event_names.emplace(iam_policy_events.begin(), iam_policy_events.end());
    needs_.literals.emplace();
    for (const std::string_view name : iam_policy_events) {
      needs_.literals->push_back({'"' + std::string{name} + '"', false});
    }
  }

  std::optional<rule_match> evaluate(const record_view& record) const override {
    const std::optional<severity> level = cis_4_4().evaluate(record.fields);
    return level ? std::optional{rule_match{*level, std::nullopt}} : std::nullopt;
  }
  bool reads_json() const noexcept override { return false; }
  const rule_needs& needs() const noexcept override { return needs_; }
  severity_range severities() const noexcept override { return {severity::high, true}; }
  std::string_view kind() const noexcept override { return "built in"; }

  std::vector<explained_condition> explain(const record_view& record) const override {
    const record_fields& fields = record.fields;
    const bool named = cis_4_4().evaluate(fields).has_value();
    const bool iam = fields.event_source == "iam.amazonaws.com";
    const auto part = [](bool holds, const char* text, std::string found) {
      return explained_part{1, holds ? part_outcome::holds : part_outcome::fails, text,
                            std::move(found)};
    };
    const auto outcome = named ? part_outcome::holds : part_outcome::fails;
    return {{"pattern",
             {{0, outcome, "built in", ""},
              part(named, "eventName is one of the sixteen IAM policy changes",
                   std::string{fields.event_name.value_or("nothing")})}},
            {"severity",
             {{0, part_outcome::holds, "built in", ""},
              part(iam, "eventSource is iam.amazonaws.com (else informational)",
                   std::string{fields.event_source.value_or("nothing")}),
              part(!fields.failed, "neither errorCode nor errorMessage (else medium)",
                   std::string{
                       fields.error_code.value_or(fields.error_message.value_or("nothing"))})}}};
  }

 private:
  rule_needs needs_;
};

}  // namespace

rule_ptr builtin_rule() {
  return std::make_shared<builtin_cis_4_4>();
}

std::shared_ptr<const rule_set> builtin_rule_set() {
  return std::make_shared<rule_set>(std::vector{builtin_rule()});
}

rule_set::rule_set(std::vector<rule_ptr> rules)
    : rules_{std::move(rules)},
      correlations_{rules_},
      index_{std::make_shared<rule_index>(rules_)} {
  if (!rules_.empty() && std::none_of(rules_.begin(), rules_.end(), [](const rule_ptr& rule) {
        return parses_every_record(*rule);
      })) {
    look_for_records();
  }
}

// Event names by the scan itself, the literals of the other rules too where it can; else those by a
// prefilter in front of it.
void rule_set::look_for_records() {
  if (rules_.size() == 1 && dynamic_cast<const builtin_cis_4_4*>(rules_.front().get()) != nullptr) {
    probe_ = cis_4_4().probe;
    return;
  }
  std::vector<std::string> names;
  std::vector<needed_literal> unnamed;  // of rules that hold for any eventName
  for (const rule_ptr& rule : rules_) {
    const rule_needs& needs = rule->needs();
    if (needs.event_names) {
      names.insert(names.end(), needs.event_names->begin(), needs.event_names->end());
    } else {
      unnamed.insert(unnamed.end(), needs.literals->begin(), needs.literals->end());
    }
  }
  std::sort(unnamed.begin(), unnamed.end());
  unnamed.erase(std::unique(unnamed.begin(), unnamed.end()), unnamed.end());
  scan_probe_ = scan_probe::make(names, unnamed);
  if (scan_probe_ == nullptr) {
    scan_probe_ = scan_probe::make(names, {});
    if (scan_probe_ == nullptr) {
      return;  // too many names: every record is parsed
    }
    prefilter_ = std::make_unique<prefilter>(std::move(unnamed));
  }
  probe_ = scan_probe_->probe();
}

}  // namespace trailbell::detect
