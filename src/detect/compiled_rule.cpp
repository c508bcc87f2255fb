#include "trailbell/detect/compiled_rule.hpp"

#include <utility>

#include "detect/filter_evaluator.hpp"

namespace trailbell::detect {

rule_info::rule_info(texts of)
    : texts_{std::move(of)},
      controls_{texts_.controls.begin(), texts_.controls.end()},
      tags_{texts_.tags.begin(), texts_.tags.end()} {}

rule_label rule_info::label() const noexcept {
  return {texts_.id, texts_.title, controls_, tags_};
}

std::vector<std::pair<std::string, std::string>> group_of(const rule_threshold& threshold,
                                                          const json_tree& record) {
  std::vector<std::pair<std::string, std::string>> group;
  for (const selector& where : threshold.group_by) {
    std::string value = "null";
    const auto take = [&value](json_value found) {
      if (!found.is(json_kind::array) && !found.is(json_kind::object)) {
        value.clear();
        append_json(found, value);
      }
      return true;
    };
    if (!record.empty()) {
      any_selected(where, 0, record.root(), take);
    }
    group.emplace_back(to_text(where), std::move(value));
  }
  return group;
}

}  // namespace trailbell::detect
