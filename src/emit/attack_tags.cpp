#include "emit/attack_tags.hpp"

#include <algorithm>
#include <array>

#include "trailbell/base/text.hpp"

namespace trailbell::emit {
namespace {

struct tactic_name {
  std::string_view tag, name, id;
};

// Source: MITRE ATT&CK, tactics of the Enterprise matrix. Those without an id came with Sigma's
// tags of later versions.
constexpr std::array<tactic_name, 16> tactics{{
    {"reconnaissance", "Reconnaissance", "TA0043"},
    {"resource-development", "Resource Development", "TA0042"},
    {"initial-access", "Initial Access", "TA0001"},
    {"execution", "Execution", "TA0002"},
    {"persistence", "Persistence", "TA0003"},
    {"privilege-escalation", "Privilege Escalation", "TA0004"},
    {"defense-evasion", "Defense Evasion", "TA0005"},
    {"credential-access", "Credential Access", "TA0006"},
    {"discovery", "Discovery", "TA0007"},
    {"lateral-movement", "Lateral Movement", "TA0008"},
    {"collection", "Collection", "TA0009"},
    {"command-and-control", "Command and Control", "TA0011"},
    {"exfiltration", "Exfiltration", "TA0010"},
    {"impact", "Impact", "TA0040"},
    {"stealth", "Stealth", ""},
    {"defense-impairment", "Defense Impairment", ""},
}};

bool is_number(std::string_view text, std::size_t digits) {
  return text.size() == digits && std::all_of(text.begin(), text.end(), is_digit);
}

// Case-blind, and with '_' for '-', which older rules write.
bool names(std::string_view tag, std::string_view tactic) {
  return std::equal(tag.begin(), tag.end(), tactic.begin(), tactic.end(), [](char a, char b) {
    return a == b || (a == '_' && b == '-') || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b);
  });
}

}  // namespace

std::optional<attack_reference> read_attack_tag(std::string_view tag) {
  constexpr std::string_view prefix = "attack.";
  constexpr std::size_t technique_digits = 4;
  constexpr std::size_t sub_technique_digits = 3;
  if (!tag.starts_with(prefix)) {
    return std::nullopt;
  }
  tag.remove_prefix(prefix.size());
  attack_reference found;
  if (tag.starts_with('t') || tag.starts_with('T')) {
    const std::string_view number = tag.substr(1, technique_digits);
    const std::string_view rest = tag.substr(std::min(tag.size(), 1 + technique_digits));
    const bool sub = rest.starts_with('.') && is_number(rest.substr(1), sub_technique_digits);
    if (is_number(number, technique_digits) && (rest.empty() || sub)) {
      found.technique.append("T").append(number);
      found.sub_technique = sub ? found.technique + std::string{rest} : std::string{};
      return found;
    }
  }
  for (const tactic_name& tactic : tactics) {
    if (names(tag, tactic.tag)) {
      found.tactic = tactic.name;
      found.tactic_id = tactic.id;
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace trailbell::emit
