#include "app/verify_controls.hpp"

#include <algorithm>
#include <optional>

#include "app/rule_files.hpp"
#include "app/shipped_rules.hpp"
#include "trailbell/detect/pattern_rule.hpp"

namespace trailbell::app {
namespace {

result<verify::control> control_named(const std::string& id) {
  if (id == "cis-4.16") {
    return error{errc::usage,
                 "cis-4.16: it wants Security Hub enabled, which is a state and no event; there is "
                 "no alarm chain to verify"};
  }
  const std::optional<detect::loaded_rule> shipped = shipped_rule(id);
  const auto* const rule =
      shipped ? dynamic_cast<const detect::pattern_rule*>(shipped->rule.get()) : nullptr;
  if (rule == nullptr) {
    return error{errc::usage,
                 id + ": unknown; known are cis-4.1 to cis-4.15, securityhub-cloudwatch-1 to -14, "
                      "and all"};
  }
  const detect::coverage_control* const own = detect::find_coverage_control(id);
  detect::coverage_control records =
      own != nullptr ? *own : detect::control_of(rule->content().pattern);
  records.id = id;
  return verify::control{id, rule->info().text().title, rule->content().pattern.text(),
                         std::move(records), verify::scope_of(id)};
}

std::vector<std::string> named(const std::vector<std::string>& ids) {
  std::vector<std::string> all;
  for (const std::string& id : ids) {
    if (id != "all") {
      all.push_back(id);
      continue;
    }
    for (const shipped_rule_text& shipped : shipped_rules()) {
      all.emplace_back(shipped.id);
    }
  }
  return all.empty() ? std::vector<std::string>{"cis-4.4"} : all;
}

}  // namespace

result<std::vector<verify::control>> controls_of(const std::vector<std::string>& ids) {
  std::vector<verify::control> controls;
  std::string problems;
  for (const std::string& id : named(ids)) {
    const bool seen = std::any_of(controls.begin(), controls.end(),
                                  [&](const verify::control& one) { return one.id == id; });
    if (seen) {
      continue;
    }
    result<verify::control> one = control_named(id);
    if (one) {
      controls.push_back(std::move(one.value()));
    } else {
      problems += (problems.empty() ? "" : "; ") + one.failure().message;
    }
  }
  if (!problems.empty()) {
    return error{errc::usage, problems};
  }
  return controls;
}

}  // namespace trailbell::app
