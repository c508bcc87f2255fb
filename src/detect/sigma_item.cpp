#include "detect/sigma_item.hpp"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "detect/filter_number.hpp"
#include "detect/sigma_modifiers.hpp"
#include "detect/sigma_values.hpp"

namespace trailbell::detect {
namespace {

constexpr std::size_t shown_values_max = 5;

// The values as the rule has them, the first few.
std::string shown(const yaml_node& key, std::span<const yaml_node> values) {
  std::string text = key.text.empty() ? "any value: " : key.text + ": ";
  for (std::size_t i = 0; i < std::min(values.size(), shown_values_max); ++i) {
    const bool quoted = values[i].type() == yaml_type::text;
    text += i == 0 ? "" : ", ";
    text += quoted ? "'" + values[i].text + "'" : values[i].text.empty() ? "null" : values[i].text;
  }
  return values.size() > shown_values_max
             ? text + " and " + std::to_string(values.size() - shown_values_max) + " more"
             : text;
}

std::span<const yaml_node> values_of(const yaml_node& value) noexcept {
  return value.kind == yaml_kind::sequence ? std::span<const yaml_node>{value.items}
                                           : std::span<const yaml_node>{&value, 1};
}

// Faults of the list as a whole; true where there is none.
bool check_list(const sigma_reading& in, const yaml_node& key, const yaml_node& value,
                const sigma_modifiers& modifiers) {
  const bool all = modifiers.has(sigma_modifier::all);
  const std::span<const yaml_node> values = values_of(value);
  const std::size_t before = in.problems.size();
  if (value.kind == yaml_kind::mapping) {
    in.problem(value.at, "a mapping where a value belongs",
               "write the whole path with dots, such as requestParameters.enable");
  } else if (values.empty()) {
    in.problem(value.at, "an empty list holds for nothing", "write a value, or null");
  } else if (all && values.size() == 1) {
    in.problem(key.at, "'all' with one value", "leave 'all' out");
  } else if (modifiers.has(sigma_modifier::exists) && values.size() > 1) {
    in.problem(value.at, "'exists' with several values", "write true or false");
  }
  for (const yaml_node& one : values) {
    if (one.kind != yaml_kind::scalar && value.kind == yaml_kind::sequence) {
      in.problem(one.at, std::string{name_of(one)} + " where a value belongs",
                 "write one text or number");
    } else if (one.kind == yaml_kind::scalar && one.type() == yaml_type::null &&
               values.size() > 1) {
      in.problem(one.at, "null within a list of values",
                 "write a selection of its own for it, and join the two in the condition");
    }
  }
  return in.problems.size() == before;
}

}  // namespace

void sigma_reading::problem(text_place at, std::string what, std::string remedy) const {
  problems.push_back({file.path, at, std::move(what), std::move(remedy)});
}

bool sigma_item::holds(json_value record) const {
  const auto value_holds = [this, record](const sigma_alternatives& alternatives) {
    return std::any_of(
        alternatives.begin(), alternatives.end(),
        [this, record](const sigma_test& test) { return detect::holds(test, path, record); });
  };
  return (all ? std::all_of(values.begin(), values.end(), value_holds)
              : std::any_of(values.begin(), values.end(), value_holds)) != negated;
}

sigma_item read_sigma_item(const sigma_reading& in, const yaml_node& key, const yaml_node& value) {
  const std::size_t before = in.problems.size();
  const sigma_modifiers modifiers = read_sigma_modifiers(in.file, key, in.problems);
  sigma_item item;
  item.path = key.text.substr(0, key.text.find('|'));
  item.all = modifiers.has(sigma_modifier::all);
  item.negated = modifiers.has(sigma_modifier::neq);
  if (!check_list(in, key, value, modifiers) || in.problems.size() > before) {
    return item;
  }
  const sigma_value_reader read{in, modifiers, item.path.empty()};
  for (const yaml_node& one : values_of(value)) {
    for (sigma_alternatives& alternatives : read(one)) {
      item.values.push_back(std::move(alternatives));
    }
  }
  item.shown = shown(key, values_of(value));
  return item;
}

}  // namespace trailbell::detect
