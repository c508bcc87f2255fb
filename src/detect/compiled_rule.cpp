#include "trailbell/detect/compiled_rule.hpp"

#include <utility>

namespace trailbell::detect {

rule_info::rule_info(texts of)
    : texts_{std::move(of)},
      controls_{texts_.controls.begin(), texts_.controls.end()},
      tags_{texts_.tags.begin(), texts_.tags.end()} {}

rule_label rule_info::label() const noexcept {
  return {texts_.id, texts_.title, controls_, tags_};
}

}  // namespace trailbell::detect
