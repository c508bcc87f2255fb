#include "detect/rule_reference.hpp"

#include <utility>

#include "trailbell/base/text.hpp"

namespace trailbell::detect {

void rule_directory::add(known_rule rule) {
  if (!rule.id.empty()) {
    by_id_[fold_ascii(rule.id)].push_back(rules_.size());
  }
  if (!rule.name.empty()) {
    by_name_[rule.name].push_back(rules_.size());
  }
  rules_.push_back(std::move(rule));
}

std::vector<const known_rule*> rule_directory::find(std::string_view reference) const {
  std::vector<const known_rule*> all;
  const auto take = [&](const index& by, const std::string& key) {
    if (const auto known = by.find(key); known != by.end()) {
      for (const std::size_t which : known->second) {
        all.push_back(&rules_[which]);
      }
    }
  };
  take(by_id_, fold_ascii(reference));
  if (all.empty()) {
    take(by_name_, std::string{reference});
  }
  return all;
}

std::string_view rule_directory::nearest_to(std::string_view reference) const {
  std::vector<std::string_view> spellings;
  spellings.reserve(2 * rules_.size());
  for (const known_rule& rule : rules_) {
    for (const std::string* const spelling : {&rule.id, &rule.name}) {
      if (!spelling->empty()) {
        spellings.emplace_back(*spelling);
      }
    }
  }
  return nearest(reference, spellings);
}

}  // namespace trailbell::detect
