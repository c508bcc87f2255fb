#include "trailbell/detect/sigma_rule.hpp"

#include <algorithm>
#include <utility>

#include "detect/rule_definition.hpp"
#include "detect/sigma_content.hpp"
#include "detect/sigma_filter.hpp"
#include "detect/sigma_quick.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

// Whether the record's own text is none of those that are needed.
bool excluded(const text_view& text,
              const std::optional<std::vector<std::string>>& needed) noexcept {
  return text && needed &&
         std::none_of(needed->begin(), needed->end(),
                      [&text](const std::string& one) { return equal_folded(*text, one); });
}

rule_info::texts narrowed(rule_info::texts of, const std::vector<sigma_filter_ptr>& filters) {
  for (const sigma_filter_ptr& one : filters) {
    of.definition = mixed(of.definition, one->definition);
  }
  return of;
}

}  // namespace

sigma_rule::sigma_rule(rule_info::texts info, content of) : compiled_rule{std::move(info)} {
  needs_ = needs_of(of);
  content_ = std::make_shared<const content>(std::move(of));
  quick_ = std::make_shared<const sigma_quick>(*content_);
}
sigma_rule::sigma_rule(const sigma_rule& of, std::vector<sigma_filter_ptr> filters)
    : compiled_rule{narrowed(of.info().text(), filters)},
      content_{of.content_},
      quick_{of.quick_},
      filters_{std::move(filters)},
      needs_{of.needs_} {}
sigma_rule::~sigma_rule() = default;

const sigma_log_source& sigma_rule::log_source() const noexcept {
  return content_->source;
}

const std::string& sigma_rule::status() const noexcept {
  return content_->status;
}

severity sigma_rule::level() const noexcept {
  return content_->level;
}

bool sigma_rule::reads_json() const noexcept {
  return content_->source.is_cloudtrail();
}

std::string_view sigma_rule::kind() const noexcept {
  return content_->source.is_cloudtrail() ? "sigma" : "sigma, for other logs";
}

// The record's name and source were decoded already: they spare most rules the rest.
bool sigma_rule::is_out_of_reach(const record_fields& fields) const noexcept {
  return !content_->source.is_cloudtrail() || excluded(fields.event_name, needs_.event_names) ||
         excluded(fields.event_source, needs_.event_sources);
}

field_verdict sigma_rule::decide(const record_fields& fields) const {
  if (is_out_of_reach(fields)) {
    return {true, std::nullopt};
  }
  const std::optional<bool> holds = quick_->holds(fields);
  if (!holds || (*holds && !filters_.empty())) {
    return {};
  }
  if (!*holds) {
    return {true, std::nullopt};
  }
  return {true, rule_match{content_->level, std::nullopt}};
}

std::optional<rule_match> sigma_rule::evaluate(const record_view& record) const {
  if (record.json == nullptr || record.json->empty() || is_out_of_reach(record.fields) ||
      !content_->holds(record.json->root())) {
    return std::nullopt;
  }
  const bool kept = std::all_of(
      filters_.begin(), filters_.end(),
      [&record](const sigma_filter_ptr& one) { return one->holds(record.json->root()); });
  if (!kept) {
    return std::nullopt;
  }
  return rule_match{content_->level, std::nullopt};
}

}  // namespace trailbell::detect
