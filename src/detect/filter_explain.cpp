#include "trailbell/detect/filter_explain.hpp"

#include <algorithm>

#include "detect/filter_evaluator.hpp"
#include "detect/filter_text.hpp"
#include "detect/filter_visit.hpp"
#include "detect/shown_values.hpp"

namespace trailbell::detect {
namespace {

std::string shown(json_value value) {
  if (value.is(json_kind::array) || value.is(json_kind::object)) {
    const bool array = value.is(json_kind::array);
    return (array ? "an array of " : "an object of ") + std::to_string(value.size());
  }
  std::string text;
  append_json(value, text);
  return shortened(std::move(text));
}

std::string shown_selection(const selector& where, json_value root) {
  shown_values values;
  const auto add = [&](json_value value) { return values.add(shown(value)); };
  any_selected(where, 0, root, add);
  return values.text();
}

class explainer {
 public:
  explainer(const filter_pattern& pattern, const event_view& event)
      : program_{pattern.program()}, event_{event} {
    parts_.push_back(
        {0, outcome_of(pattern.matches(event)), std::string{to_text(pattern.syntax().kind())}, ""});
  }

  std::vector<explained_part> take() && { return std::move(parts_); }

  void operator()(const match_all_pattern&) {}

  void operator()(const term_pattern& pattern) {
    for (const term& t : pattern.terms) {
      const std::size_t at = event_.text.find(t.text);
      const bool occurs = at != std::string_view::npos;
      part_outcome outcome = outcome_of(occurs == (t.role != term_role::excluded));
      if (t.role == term_role::optional && !pattern.all_optional()) {
        outcome = part_outcome::ignored;
      }
      add(1, outcome, to_text(t), occurs ? "at byte " + std::to_string(at) : "nothing");
    }
  }

  void operator()(const json_pattern& pattern) {
    if (event_.json == nullptr || event_.json->empty()) {
      add(1, part_outcome::fails, "a JSON object", "text that is not JSON");
      return;
    }
    const json_value root = event_.json->root();
    if (!root.is(json_kind::object)) {
      add(1, part_outcome::fails, "a JSON object", shown(root));
      return;
    }
    tree(pattern.condition, 1, [&](const json_condition& leaf, std::size_t depth) {
      return add(depth, outcome_of(condition_holds(program_, leaf, root)), to_text(leaf),
                 shown_selection(leaf.where, root));
    });
  }

  void operator()(const field_pattern& pattern) {
    const bool enough = all_fields(pattern, event_.text, [](auto&&...) { return true; });
    const auto least = static_cast<std::size_t>(
        std::count_if(pattern.fields.begin(), pattern.fields.end(),
                      [](const field& f) { return f.kind != field_kind::ellipsis; }));
    std::size_t parts = 0;
    for (event_parts in{event_.text}; !in.at_end(); in.next()) {
      ++parts;
    }
    add(1, outcome_of(enough), "at least " + std::to_string(least) + " fields",
        std::to_string(parts));
    all_fields(pattern, event_.text, [this](const field& part, std::string_view text) {
      if (part.kind == field_kind::named) {
        one_field(part, text);
      }
      return true;
    });
  }

  void operator()(const regex_pattern& alone) {
    add(1, outcome_of(program_.regex_at(alone.regex.at).found_in(event_.text)),
        to_text(literal{alone.regex}), shortened(std::string{event_.text}));
  }

 private:
  bool add(std::size_t depth, part_outcome outcome, std::string part, std::string found) {
    parts_.push_back({depth, outcome, std::move(part), std::move(found)});
    return outcome == part_outcome::holds;
  }

  void one_field(const field& part, std::string_view text) {
    if (!part.condition) {
      add(1, part_outcome::holds, part.name, shortened(std::string{text}));
      return;
    }
    tree(*part.condition, 1, [&](const comparison& leaf, std::size_t depth) {
      return add(depth, outcome_of(compare_field(program_, leaf, text)),
                 part.name + " " + std::string{to_text(leaf.op)} + " " + to_text(leaf.value),
                 shortened(std::string{text}));
    });
  }

  // The group's line stands before its parts, and is settled after them.
  template <class Leaf, class AddLeaf>
  bool tree(const condition_node<Leaf>& node, std::size_t depth, const AddLeaf& add_leaf) {
    if (node.kind == node_kind::leaf) {
      return add_leaf(node.leaf, depth);
    }
    const bool all = node.kind == node_kind::all_of;
    const std::size_t line = parts_.size();
    add(depth, part_outcome::fails, all ? "all of" : "any of", "");
    std::size_t held = 0;
    for (const condition_node<Leaf>& part : node.parts) {
      held += tree(part, depth + 1, add_leaf) ? 1 : 0;
    }
    const bool holds = all ? held == node.parts.size() : held > 0;
    parts_[line].outcome = outcome_of(holds);
    return holds;
  }

  const filter_program& program_;
  const event_view& event_;
  std::vector<explained_part> parts_;
};

// What surprises people about a condition that the service accepts; empty where nothing does.
std::string_view remark_on(const json_condition& condition) {
  const auto* test = std::get_if<comparison>(&condition.test);
  if (test == nullptr) {
    return "";
  }
  const auto* text = std::get_if<text_literal>(&test->value);
  if (text != nullptr && (text->pieces == std::vector<std::string>{"true"} ||
                          text->pieces == std::vector<std::string>{"false"})) {
    return "   compares with text: a boolean is tested with IS TRUE or IS FALSE";
  }
  if (test->op == comparison_operator::not_equal) {
    return condition.where.has_wildcard()
               ? "   holds where nothing is equal, and does not where there is nothing to walk"
               : "   does not hold where the member is missing, null or a boolean";
  }
  return "";
}

struct describer {
  std::vector<described_part> lines;

  void add(std::size_t depth, std::string text) { lines.push_back({depth, std::move(text)}); }

  template <class Leaf, class Print>
  void tree(const condition_node<Leaf>& node, std::size_t depth, const Print& print) {
    if (node.kind == node_kind::leaf) {
      add(depth, print(node.leaf));
      return;
    }
    add(depth, node.kind == node_kind::all_of ? "all of" : "any of");
    for (const condition_node<Leaf>& part : node.parts) {
      tree(part, depth + 1, print);
    }
  }

  void operator()(const match_all_pattern&) {}
  void operator()(const term_pattern& pattern) {
    for (const term& t : pattern.terms) {
      const bool ignored = t.role == term_role::optional && !pattern.all_optional();
      add(1, to_text(t) + (ignored ? "  ignored: other terms are not optional" : ""));
    }
  }
  void operator()(const json_pattern& pattern) {
    tree(pattern.condition, 1,
         [](const json_condition& leaf) { return to_text(leaf) + std::string{remark_on(leaf)}; });
  }
  void operator()(const field_pattern& pattern) {
    for (const field& part : pattern.fields) {
      add(1, part.kind == field_kind::unnamed ? "any field" : to_text(part));
    }
  }
  void operator()(const regex_pattern& alone) { add(1, to_text(literal{alone.regex})); }
};

}  // namespace

std::vector<explained_part> explain(const filter_pattern& pattern, const event_view& event) {
  explainer explained{pattern, event};
  std::visit(explained, pattern.syntax().pattern);
  return std::move(explained).take();
}

std::vector<described_part> describe(const filter_pattern& pattern) {
  describer described;
  described.add(0, std::string{to_text(pattern.syntax().kind())});
  std::visit(described, pattern.syntax().pattern);
  return std::move(described.lines);
}

pattern_size size_of(const filter_pattern& pattern) {
  pattern_size size;
  size.characters = characters_in(pattern.text());
  size.regexes = pattern.program().regexes.size();
  if (const auto* json = std::get_if<json_pattern>(&pattern.syntax().pattern)) {
    each_leaf(json->condition, [&size](const json_condition& leaf) {
      size.wildcard_selectors += leaf.where.has_wildcard() ? 1 : 0;
    });
  }
  return size;
}

}  // namespace trailbell::detect
