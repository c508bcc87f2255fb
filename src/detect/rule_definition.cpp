#include "detect/rule_definition.hpp"

#include <algorithm>
#include <array>

namespace trailbell::detect {
namespace {

// FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/
constexpr std::uint64_t fnv_begin = 14'695'981'039'346'656'037U;
constexpr std::uint64_t fnv_prime = 1'099'511'628'211U;

constexpr std::array<std::string_view, 14> tells_only{
    "author",         "controls", "date",     "description", "false_positives",
    "falsepositives", "license",  "modified", "references",  "status",
    "tags",           "tests",    "title",    "related"};

std::uint64_t add(std::uint64_t seed, const yaml_node& node) {
  seed = mixed(seed, static_cast<std::uint64_t>(node.kind) * 2 + (node.plain ? 1 : 0));
  seed = mixed(seed, node.text);
  for (const yaml_node& item : node.items) {
    seed = add(seed, item);
  }
  for (const yaml_member& member : node.members) {
    seed = add(mixed(seed, member.key), member.value);
  }
  return mixed(seed, node.items.size() + node.members.size());
}

}  // namespace

std::uint64_t mixed(std::uint64_t seed, std::string_view more) noexcept {
  for (const char c : more) {
    seed = (seed ^ static_cast<unsigned char>(c)) * fnv_prime;
  }
  return mixed(seed, more.size());
}

std::uint64_t mixed(std::uint64_t seed, std::uint64_t more) noexcept {
  for (int byte = 0; byte < 8; ++byte, more >>= 8U) {
    seed = (seed ^ (more & 0xffU)) * fnv_prime;
  }
  return seed;
}

std::uint64_t definition_of(const yaml_node& document) {
  std::uint64_t all = fnv_begin;
  for (const yaml_member& member : document.members) {
    if (std::find(tells_only.begin(), tells_only.end(), member.key) == tells_only.end()) {
      all = add(mixed(all, member.key), member.value);
    }
  }
  return all;
}

}  // namespace trailbell::detect
