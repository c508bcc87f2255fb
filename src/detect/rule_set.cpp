#include "trailbell/detect/rule_set.hpp"

#include <algorithm>
#include <utility>

#include "detect/scan_probe.hpp"
#include "trailbell/base/ensure.hpp"
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

rule_set::rule_set(std::vector<rule_ptr> rules) : rules_{std::move(rules)}, correlations_{rules_} {
  bool every_record = rules_.empty();
  for (std::uint32_t i = 0; i < rules_.size(); ++i) {
    const rule_needs& needs = rules_[i]->needs();
    index& by = needs.event_names ? by_event_name_ : by_event_source_;
    if (!needs.event_names && !needs.event_sources) {
      always_.push_back(i);
    } else {
      for (const std::string& value :
           needs.event_names ? *needs.event_names : *needs.event_sources) {
        std::vector<std::uint32_t>& those = by[value];
        if (those.empty() || those.back() != i) {
          those.push_back(i);
        }
      }
    }
    every_record = every_record || parses_every_record(*rules_[i]);
  }
  if (!every_record) {
    look_for_records();
  }
}

// By the scan itself where it can, else by a prefilter in front of it.
void rule_set::look_for_records() {
  if (rules_.size() == 1 && dynamic_cast<const builtin_cis_4_4*>(rules_.front().get()) != nullptr) {
    probe_ = cis_4_4().probe;
    return;
  }
  std::vector<needed_literal> all;
  std::vector<needed_literal> unnamed;  // of rules that hold for any eventName
  std::vector<std::string> names;
  for (const rule_ptr& rule : rules_) {
    const rule_needs& needs = rule->needs();
    all.insert(all.end(), needs.literals->begin(), needs.literals->end());
    if (needs.event_names) {
      names.insert(names.end(), needs.event_names->begin(), needs.event_names->end());
      continue;
    }
    for (const needed_literal& one : *needs.literals) {
      const bool few = unnamed.size() <= literal_probe::pairs_max;  // more do not fit a probe
      if (few && std::find(unnamed.begin(), unnamed.end(), one) == unnamed.end()) {
        unnamed.push_back(one);
      }
    }
  }
  scan_probe_ = scan_probe::make(names, unnamed);
  if (scan_probe_ != nullptr) {
    probe_ = scan_probe_->probe();
  } else {
    prefilter_ = std::make_unique<prefilter>(std::move(all));
  }
}

void rule_set::select(const record_fields& fields, std::vector<std::uint32_t>& selected) const {
  selected = always_;
  const auto add = [&selected](const index& by, const text_view& value) {
    const auto found = value ? by.find(*value) : by.end();
    if (found != by.end()) {
      selected.insert(selected.end(), found->second.begin(), found->second.end());
    }
  };
  add(by_event_name_, fields.event_name);
  add(by_event_source_, fields.event_source);
  std::sort(selected.begin(), selected.end());
}

}  // namespace trailbell::detect
