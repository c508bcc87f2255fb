// The condition of a Sigma rule: selections joined by and, or, not; `1 of selection_*`.
//
// Source: Sigma Rules Specification 2.1.0, "Condition".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "detect/sigma_item.hpp"

namespace trailbell::detect {

enum class sigma_node_kind : std::uint8_t { selection, negation, all_of, any_of };

struct sigma_node {
  sigma_node_kind kind = sigma_node_kind::selection;
  std::size_t selection = 0;      // which one
  std::vector<sigma_node> parts;  // of a negation one; of the others one or more
};

// A name of a selection, and whether a condition asked for it.
struct sigma_name {
  std::string name;
  bool used = false;
};

// `condition` is a text, or a list of texts of which one has to hold. Nothing where there were
// problems.
[[nodiscard]] std::optional<sigma_node> read_sigma_condition(const sigma_reading& in,
                                                             const yaml_node& condition,
                                                             std::vector<sigma_name>& names);

template <class Holds>
bool node_holds(const sigma_node& node, const Holds& holds) {
  switch (node.kind) {
    case sigma_node_kind::selection:
      return holds(node.selection);
    case sigma_node_kind::negation:
      return !node_holds(node.parts.front(), holds);
    case sigma_node_kind::all_of:
    case sigma_node_kind::any_of:
      break;
  }
  const bool all = node.kind == sigma_node_kind::all_of;
  for (const sigma_node& part : node.parts) {
    if (node_holds(part, holds) != all) {
      return !all;
    }
  }
  return all;
}

}  // namespace trailbell::detect
