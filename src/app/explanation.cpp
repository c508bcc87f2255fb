#include "app/explanation.hpp"

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "trailbell/base/text.hpp"
#include "trailbell/detect/sigma_correlation.hpp"

namespace trailbell::app {
namespace {

constexpr std::string_view mark_of(detect::part_outcome outcome) noexcept {
  switch (outcome) {
    case detect::part_outcome::holds:
      return "yes     ";
    case detect::part_outcome::fails:
      return "no      ";
    case detect::part_outcome::ignored:
      break;
  }
  return "ignored ";
}

// One record is not enough to tell whether a correlation holds.
std::string_view outcome_of(const std::vector<detect::explained_condition>& conditions) {
  for (const detect::explained_part& part : conditions.front().parts) {
    if (part.outcome == detect::part_outcome::holds) {
      return ": counts, by the rules that hold\n";
    }
  }
  return ": does not count\n";
}

}  // namespace

void append_parts(const std::vector<detect::explained_part>& parts, std::string& out) {
  for (const detect::explained_part& part : parts) {
    if (part.depth == 0) {
      continue;
    }
    out.append(2 * part.depth, ' ');
    out += mark_of(part.outcome);
    append_printable(part.part, out);
    if (!part.found.empty()) {
      out += "   found ";
      append_printable(part.found, out);
    }
    out.push_back('\n');
  }
}

void append_explanation(const detect::compiled_rule& rule, const detect::record_view& record,
                        std::uint64_t number, std::string& out) {
  out += fmt::format("record {} ", number);
  append_printable(record.fields.event_name.value_or("(no eventName)"), out);
  if (const auto* const several = dynamic_cast<const detect::sigma_correlation*>(&rule)) {
    const std::vector<detect::explained_condition> conditions = several->explain(record);
    out += outcome_of(conditions);
    append_parts(conditions.front().parts, out);
    return;
  }
  const std::optional<detect::rule_match> match = rule.evaluate(record);
  if (!match) {
    out += ": does not match\n";
  } else if (match->suppressed_by) {
    out += fmt::format(": matches, and is suppressed by {}\n", *match->suppressed_by + 1);
  } else {
    out += fmt::format(": matches, severity {}\n", to_string(match->level));
  }
  bool main = true;  // its parts need no heading
  for (const detect::explained_condition& condition : rule.explain(record)) {
    if (!main && !condition.parts.empty()) {
      out += "  ";
      append_printable(condition.purpose, out);
      out += ":\n";
    }
    append_parts(condition.parts, out);
    main = false;
  }
}

}  // namespace trailbell::app
