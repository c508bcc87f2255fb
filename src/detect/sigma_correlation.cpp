#include "trailbell/detect/sigma_correlation.hpp"

#include <utility>

#include "detect/timespan.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

std::string amount(const sigma_correlation::parts& content) {
  const std::string least = std::to_string(content.least);
  if (!content.most) {
    return least + " or more";
  }
  return *content.most == content.least ? "exactly " + least
                                        : least + " to " + std::to_string(*content.most);
}

}  // namespace

std::string_view to_string(correlation_type type) noexcept {
  return correlation_type_names[static_cast<std::size_t>(type)];
}

sigma_correlation::sigma_correlation(rule_info::texts info, parts of)
    : compiled_rule{std::move(info)}, parts_{std::move(of)} {
  needs_.literals.emplace();
  needs_.event_names.emplace();
}

std::string sigma_correlation::summary() const {
  std::string text{to_string(parts_.type)};
  text += " of " + amount(parts_);
  text += parts_.counted.empty() ? "" : " values of " + comma_separated(parts_.counted);
  text += " within " + timespan_text(parts_.timespan_ns);
  text += parts_.group_by.empty() ? "" : ", by " + comma_separated(parts_.group_by);
  return text;
}

bool sigma_correlation::reads_json() const noexcept {
  for (const member& one : parts_.members) {
    if (one.rule->reads_json()) {
      return true;
    }
  }
  return false;
}

std::vector<explained_condition> sigma_correlation::explain(const record_view& record) const {
  std::vector<explained_part> shown{{0, part_outcome::ignored, summary(), ""}};
  for (const member& one : parts_.members) {
    const bool chained = dynamic_cast<const sigma_correlation*>(one.rule.get()) != nullptr;
    const std::optional<rule_match> match = one.rule->evaluate(record);
    explained_part part{1, part_outcome::ignored, one.rule->id(), ""};
    if (chained) {
      part.found = "a correlation: no record by itself counts for it";
    } else if (match && match->suppressed_by) {
      part.outcome = part_outcome::fails;
      part.found = "a match that the rule suppresses";
    } else {
      part.outcome = match ? part_outcome::holds : part_outcome::fails;
    }
    shown.push_back(std::move(part));
  }
  return {{"rules", std::move(shown)}};
}

}  // namespace trailbell::detect
