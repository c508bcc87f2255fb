#include "detect/rule_reference.hpp"

#include "detect/sigma_glob.hpp"
#include "detect/yaml_mapping.hpp"

namespace trailbell::detect {
void rule_directory::add(std::string_view id, std::string_view name, std::size_t which) {
  if (!id.empty()) {
    by_id_[fold_ascii(id)].push_back(which);
    spellings_.emplace_back(id);
  }
  if (!name.empty() && name != id) {
    by_name_[std::string{name}].push_back(which);
    spellings_.emplace_back(name);
  }
}

std::span<const std::size_t> rule_directory::find(std::string_view reference) const {
  if (const auto known = by_id_.find(fold_ascii(reference)); known != by_id_.end()) {
    return known->second;
  }
  const auto known = by_name_.find(std::string{reference});
  return known == by_name_.end() ? std::span<const std::size_t>{} : known->second;
}

std::string_view rule_directory::nearest_to(std::string_view reference) const {
  const std::vector<std::string_view> known{spellings_.begin(), spellings_.end()};
  return nearest(reference, known);
}

}  // namespace trailbell::detect
