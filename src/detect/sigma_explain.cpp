// Which parts of a Sigma rule hold for a record.
#include <utility>

#include "detect/shown_values.hpp"
#include "detect/sigma_content.hpp"
#include "detect/sigma_filter.hpp"
#include "detect/sigma_path.hpp"

namespace trailbell::detect {
namespace {

std::string shown(json_value value) {
  std::string text;
  append_json(value, text);
  return shortened(std::move(text));
}

std::string shown_at(std::string_view path, json_value record) {
  shown_values values;
  any_reached(record, path, [&](json_value value) { return values.add(shown(value)); });
  return values.text();
}

// Of a keyword the first value that has it.
std::string found_anywhere(const sigma_item& item, json_value record) {
  std::string text = "nothing";
  any_scalar(record, [&](json_value value) {
    for (const sigma_alternatives& alternatives : item.values) {
      for (const sigma_test& test : alternatives) {
        if (holds(test, "", value)) {
          text = shown(value);
          return true;
        }
      }
    }
    return false;
  });
  return text;
}

std::string found(const sigma_item& item, json_value record) {
  if (item.path.empty()) {
    return found_anywhere(item, record);
  }
  std::string text = shown_at(item.path, record);
  for (const sigma_alternatives& alternatives : item.values) {
    for (const sigma_test& test : alternatives) {
      if (const auto* const reference = std::get_if<sigma_reference>(&test)) {
        text += " and " + shown_at(reference->path, record);
      }
    }
  }
  return text;
}

class explainer {
 public:
  explainer(const sigma_detection& content, json_value record)
      : content_{content}, record_{record} {}

  bool node(const sigma_node& node, std::size_t depth) {
    if (node.kind == sigma_node_kind::selection) {
      return selection(content_.selections[node.selection], depth);
    }
    const bool all = node.kind == sigma_node_kind::all_of;
    const bool negation = node.kind == sigma_node_kind::negation;
    return group(negation ? "not"
                 : all    ? "all of"
                          : "any of",
                 depth, [&] {
                   std::size_t held = 0;
                   for (const sigma_node& part : node.parts) {
                     held += this->node(part, depth + 1) ? 1 : 0;
                   }
                   return negation ? held == 0 : all ? held == node.parts.size() : held > 0;
                 });
  }

  std::vector<explained_part> take() && { return std::move(parts_); }

  // The group's line stands before its parts, and is settled after them.
  template <class Settle>
  bool group(std::string name, std::size_t depth, const Settle& settle) {
    const std::size_t line = parts_.size();
    parts_.push_back({depth, part_outcome::fails, std::move(name), ""});
    const bool holds = settle();
    parts_[line].outcome = outcome_of(holds);
    return holds;
  }

 private:
  bool selection(const sigma_selection& selection, std::size_t depth) {
    return group(selection.name, depth, [&] {
      bool any = false;
      for (const std::vector<sigma_item>& items : selection.any_of) {
        const bool alone = selection.any_of.size() == 1 || items.size() == 1;
        const bool held =
            alone ? all_items(items, depth + 1)
                  : group("all of", depth + 1, [&] { return all_items(items, depth + 2); });
        any = any || held;
      }
      return any;
    });
  }

  bool all_items(const std::vector<sigma_item>& items, std::size_t depth) {
    std::size_t held = 0;
    for (const sigma_item& item : items) {
      const bool holds = item.holds(record_);
      parts_.push_back({depth, outcome_of(holds), item.shown, found(item, record_)});
      held += holds ? 1 : 0;
    }
    return held == items.size();
  }

  const sigma_detection& content_;
  json_value record_;
  std::vector<explained_part> parts_;
};

// A line for the condition, and what is below it.
std::vector<explained_part> explained(const sigma_detection& detection, json_value record) {
  explainer all{detection, record};
  all.group(detection.condition_text, 0, [&] { return all.node(detection.condition, 1); });
  return std::move(all).take();
}

}  // namespace

std::vector<explained_condition> sigma_rule::explain(const record_view& record) const {
  if (!content_->source.is_cloudtrail()) {
    return {{"log source",
             {{0, part_outcome::fails, "a rule for " + to_text(content_->source),
               "product aws, service cloudtrail"}}}};
  }
  if (record.json == nullptr || record.json->empty()) {
    return {{"condition", {{0, part_outcome::fails, content_->condition_text, "no JSON"}}}};
  }
  const json_value root = record.json->root();
  std::vector<explained_condition> conditions{{"condition", explained(*content_, root)}};
  for (const sigma_filter_ptr& one : filters_) {
    conditions.push_back({"filter '" + one->title + "'", explained(*one, root)});
  }
  return conditions;
}

}  // namespace trailbell::detect
