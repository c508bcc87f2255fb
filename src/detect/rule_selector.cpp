#include "trailbell/detect/rule_selector.hpp"

#include <algorithm>

#include "detect/rule_index.hpp"

namespace trailbell::detect {

rule_selector::rule_selector(const rule_set& rules)
    : index_{rules.index()}, literals_{index_.by_literal.open()} {}

rule_selector::~rule_selector() = default;

std::span<const std::uint32_t> rule_selector::select(const record_fields& fields) {
  selected_ = index_.always;
  index_.by_event_name.find(fields.event_name, scratch_, selected_);
  index_.by_event_source.find(fields.event_source, scratch_, selected_);
  if (literals_ != nullptr) {
    index_.by_literal.find(*literals_, fields.raw, scratch_, selected_);
  } else {
    const std::vector<std::uint32_t>& all = index_.by_literal.all();
    selected_.insert(selected_.end(), all.begin(), all.end());
  }
  std::sort(selected_.begin(), selected_.end());
  selected_.erase(std::unique(selected_.begin(), selected_.end()), selected_.end());
  return selected_;
}

}  // namespace trailbell::detect
