#include "trailbell/detect/rule.hpp"

#include <array>

#include "trailbell/detect/event_matcher.hpp"

namespace trailbell::detect {
namespace {

constexpr std::array<std::string_view, 10> controls{
    "CIS AWS 1.2.0 3.4", "CIS AWS 1.3.0 4.4", "CIS AWS 1.4.0 4.4", "CIS AWS 1.5.0 4.4",
    "CIS AWS 2.0.0 4.4", "CIS AWS 3.0.0 4.4", "CIS AWS 4.0.0 4.4", "CIS AWS 5.0.0 4.4",
    "CIS AWS 6.0.0 5.4", "CIS AWS 7.0.0 5.4",
};

constexpr std::array<std::string_view, 4> tags{
    "attack.t1098",
    "attack.t1098.003",
    "attack.persistence",
    "attack.privilege-escalation",
};

std::optional<severity> evaluate_cis_4_4(const record_fields& fields) noexcept {
  if (!fields.event_name || !match_iam_policy_event(*fields.event_name)) {
    return std::nullopt;
  }
  if (fields.event_source != "iam.amazonaws.com") {
    return severity::informational;
  }
  return fields.failed ? severity::medium : severity::high;
}

// All sixteen names hold the word Policy, at their end or before Version. `at` is where that P
// stands; the whole quoted word decides, so that GetPolicy costs nothing.
bool confirm_policy_name(const void*, const char* at, std::size_t before,
                         std::size_t after) noexcept {
  constexpr std::string_view stem = "Policy";
  constexpr std::string_view version = "Version";
  constexpr std::size_t verb_max = 11;  // DeleteGroup, DetachGroup
  if (after < stem.size() + version.size() + 1) {
    return true;
  }
  const std::string_view rest{at, stem.size() + version.size() + 1};
  if (!rest.starts_with(stem)) {
    return false;
  }
  const bool versioned = rest.substr(stem.size(), version.size()) == version;
  const std::size_t end = stem.size() + (versioned ? version.size() : 0);
  if (rest[end] != '"') {
    return false;
  }
  for (std::size_t back = 1; back <= before && back <= verb_max + 1; ++back) {
    if (*(at - back) == '"') {
      return match_iam_policy_event({at - back + 1, back - 1 + end}).has_value();
    }
  }
  return false;
}

constexpr rule builtin{
    {"cis-4.4", "IAM policy changed", controls, tags},
    evaluate_cis_4_4,
    {{'P'}, {'i'}, 1, confirm_policy_name},
};

}  // namespace

const rule& cis_4_4() noexcept {
  return builtin;
}

}  // namespace trailbell::detect
