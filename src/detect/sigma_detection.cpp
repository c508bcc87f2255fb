// The `detection` of a Sigma rule: selections, and the condition that joins them.
#include <algorithm>
#include <array>
#include <utility>

#include "detect/sigma_content.hpp"

namespace trailbell::detect {
namespace {

constexpr std::string_view condition_key = "condition";

std::vector<sigma_item> read_map(const sigma_reading& in, const yaml_node& map) {
  std::vector<sigma_item> items;
  if (map.members.empty()) {
    in.problem(map.at, "an empty selection", "name a field and its value");
  }
  for (const yaml_member& member : map.members) {
    if (member.key.empty()) {
      in.problem(member.at, "an empty field name", "write the field's path");
      continue;
    }
    const yaml_node key{yaml_kind::scalar, member.at, member.key, true, {}, {}};
    items.push_back(read_sigma_item(in, key, member.value));
  }
  return items;
}

std::vector<sigma_item> read_keywords(const sigma_reading& in, const yaml_node& values) {
  const yaml_node no_key{yaml_kind::scalar, values.at, "", true, {}, {}};
  std::vector<sigma_item> items;
  items.push_back(read_sigma_item(in, no_key, values));
  return items;
}

// A map, a list of maps, a list of keywords, or a single one.
sigma_selection read_selection(const sigma_reading& in, const yaml_member& member) {
  sigma_selection selection{member.key, {}};
  const yaml_node& value = member.value;
  const bool maps = std::any_of(value.items.begin(), value.items.end(), [](const yaml_node& item) {
    return item.kind == yaml_kind::mapping;
  });
  if (value.kind == yaml_kind::mapping) {
    selection.any_of.push_back(read_map(in, value));
  } else if (value.kind == yaml_kind::scalar && value.type() == yaml_type::null) {
    in.problem(member.at, "the selection '" + member.key + "' is empty",
               "name a field and its value");
  } else if (!maps) {
    selection.any_of.push_back(read_keywords(in, value));
  }
  for (const yaml_node& item : maps ? value.items : std::vector<yaml_node>{}) {
    if (item.kind == yaml_kind::sequence) {
      in.problem(item.at, "a list within a list of selections", "write one list");
    } else {
      selection.any_of.push_back(item.kind == yaml_kind::mapping ? read_map(in, item)
                                                                 : read_keywords(in, item));
    }
  }
  return selection;
}

void report_unused(const sigma_reading& in, const yaml_node& detection,
                   const std::vector<sigma_name>& names) {
  for (const sigma_name& one : names) {
    if (!one.used && !one.name.starts_with('_')) {
      in.problem(detection.find(one.name)->at,
                 "the condition does not ask for the selection '" + one.name + "'",
                 "use it there, or remove it; a name that begins with _ may stay aside");
    }
  }
}

std::string on_one_line(const yaml_node& condition) {
  std::string text = condition.text;
  for (const yaml_node& one : condition.items) {
    text += (text.empty() ? "" : " or ") + ("(" + one.text + ")");
  }
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

bool sigma_selection::holds(json_value record) const {
  return std::any_of(any_of.begin(), any_of.end(), [record](const std::vector<sigma_item>& items) {
    return std::all_of(items.begin(), items.end(),
                       [record](const sigma_item& item) { return item.holds(record); });
  });
}

bool sigma_detection::holds(json_value record) const {
  return node_holds(condition,
                    [this, record](std::size_t at) { return selections[at].holds(record); });
}

void read_sigma_detection(const sigma_reading& in, const yaml_node& detection, std::string_view key,
                          sigma_detection& into) {
  const std::string what{key};
  if (detection.kind != yaml_kind::mapping) {
    in.problem(detection.at, "'" + what + "' is a mapping, and here stands " + name_of(detection),
               "write selections and a condition below it");
    return;
  }
  std::vector<sigma_name> names;
  for (const yaml_member& member : detection.members) {
    if (member.key == "timeframe") {
      in.problem(member.at, "'timeframe', which Sigma 2 does not have any more",
                 "write a correlation rule");
    } else if (member.key != condition_key && (key != "filter" || member.key != "rules")) {
      names.push_back({member.key});
      into.selections.push_back(read_selection(in, member));
    }
  }
  const yaml_member* const condition = detection.find(condition_key);
  if (condition == nullptr) {
    in.problem(detection.at, "a " + what + " without 'condition'",
               "add it: 'condition: selection', say");
    return;
  }
  if (names.empty()) {
    in.problem(detection.at, "a " + what + " without a selection",
               "add one: 'selection: {eventName: StopLogging}', say");
    return;
  }
  into.condition_text = on_one_line(condition->value);
  if (std::optional<sigma_node> node = read_sigma_condition(in, condition->value, names)) {
    into.condition = std::move(*node);
    report_unused(in, detection, names);
  }
}

}  // namespace trailbell::detect
