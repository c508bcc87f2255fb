// Walks over the parts of a syntax tree.
#pragma once

#include <algorithm>

#include "trailbell/detect/filter_syntax.hpp"

namespace trailbell::detect {

template <class Leaf, class Holds>
bool tree_holds(const condition_node<Leaf>& node, const Holds& holds) {
  const auto part_holds = [&holds](const condition_node<Leaf>& part) {
    return tree_holds(part, holds);
  };
  switch (node.kind) {
    case node_kind::all_of:
      return std::all_of(node.parts.begin(), node.parts.end(), part_holds);
    case node_kind::any_of:
      return std::any_of(node.parts.begin(), node.parts.end(), part_holds);
    case node_kind::leaf:
      break;
  }
  return holds(node.leaf);
}

template <class Leaf, class Take>
void each_leaf(const condition_node<Leaf>& node, const Take& take) {
  if (node.kind == node_kind::leaf) {
    take(node.leaf);
  }
  for (const condition_node<Leaf>& part : node.parts) {
    each_leaf(part, take);
  }
}

}  // namespace trailbell::detect
