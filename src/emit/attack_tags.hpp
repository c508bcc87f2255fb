// What a rule's tags say in terms of MITRE ATT&CK: `attack.t1098.003`, `attack.persistence`, as
// Sigma writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trailbell::emit {

// A technique with or without a sub-technique, or a tactic.
struct attack_reference {
  std::string technique;               // T1098
  std::string sub_technique;           // T1098.003
  std::string_view tactic, tactic_id;  // Persistence, TA0003; the id is empty where it is not known
};

// Nothing for a tag that is neither.
[[nodiscard]] std::optional<attack_reference> read_attack_tag(std::string_view tag);

}  // namespace trailbell::emit
