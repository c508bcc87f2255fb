#include "detect/needed_literals.hpp"

#include <algorithm>
#include <utility>

namespace trailbell::detect {

needed rarer(needed a, needed b) {
  if (!a || !b) {
    return a ? std::move(a) : std::move(b);
  }
  if (a->rank != b->rank) {
    return a->rank > b->rank ? std::move(a) : std::move(b);
  }
  return a->literals.size() <= b->literals.size() ? std::move(a) : std::move(b);
}

needed either(needed a, needed b) {
  if (!a || !b || a->literals.size() + b->literals.size() > literals_max) {
    return std::nullopt;
  }
  a->rank = std::min(a->rank, b->rank);
  for (needed_literal& more : b->literals) {
    if (std::find(a->literals.begin(), a->literals.end(), more) == a->literals.end()) {
      a->literals.push_back(std::move(more));
    }
  }
  return a;
}

}  // namespace trailbell::detect
