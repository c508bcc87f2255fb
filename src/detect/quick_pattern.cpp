#include "detect/quick_pattern.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace trailbell::detect {
namespace {

// Nothing where a step is no member, or a name has a dot of its own.
std::optional<std::string> path_of(const selector& where) {
  std::string path;
  for (const selector_step& step : where.steps) {
    if (step.kind != step_kind::member || step.name.find('.') != std::string::npos) {
      return std::nullopt;
    }
    path += (path.empty() ? "" : ".") + step.name;
  }
  return path;
}

}  // namespace

quick_pattern::quick_pattern(filter_pattern pattern) : pattern_{std::move(pattern)} {
  if (const auto* json = std::get_if<json_pattern>(&pattern_.syntax().pattern)) {
    tree_ = node_of(json->condition);
  }
}

quick_pattern::condition quick_pattern::leaf_of(const json_condition& from) {
  condition leaf;
  const std::optional<std::string> path = path_of(from.where);
  leaf.field = path ? find_quick_field(*path) : nullptr;
  if (leaf.field == nullptr) {
    return leaf;
  }
  if (const auto* state = std::get_if<state_test>(&from.test)) {
    leaf.asks = *state == state_test::not_exists ? question::absent
                : *state == state_test::is_null  ? question::null
                                                 : question::other;
    return leaf;
  }
  leaf.test = &std::get<comparison>(from.test);
  leaf.asks = question::compared;
  const auto* text = std::get_if<text_literal>(&leaf.test->value);
  if (leaf.test->op == comparison_operator::equal && text != nullptr && !text->has_wildcard()) {
    leaf.asks = question::one_of;
    leaf.texts.insert(text->pieces.front());
  }
  return leaf;
}

// Whether `from` asks about the member that one of `parts` asks about, and was added to it.
bool quick_pattern::merge(const node& from, std::vector<node>& parts) {
  const auto is_state = [](question asks) {
    return asks == question::absent || asks == question::null || asks == question::absent_or_null;
  };
  const auto joins = [&](const node& one) {
    const question asked = one.leaf.asks;
    return one.kind == node_kind::leaf && one.leaf.field == from.leaf.field &&
           ((asked == question::one_of && from.leaf.asks == asked) ||
            (is_state(asked) && is_state(from.leaf.asks)));
  };
  const auto same = std::find_if(parts.begin(), parts.end(), joins);
  if (from.kind != node_kind::leaf || same == parts.end()) {
    return false;
  }
  for (const std::string& text : from.leaf.texts.texts()) {
    same->leaf.texts.insert(text);
  }
  if (same->leaf.asks != from.leaf.asks) {
    same->leaf.asks = question::absent_or_null;
  }
  return true;
}

quick_pattern::node quick_pattern::node_of(const condition_node<json_condition>& from) {
  node made;
  made.kind = from.kind;
  if (from.kind == node_kind::leaf) {
    made.leaf = leaf_of(from.leaf);
    return made;
  }
  for (const condition_node<json_condition>& part : from.parts) {
    node next = node_of(part);
    if (from.kind != node_kind::any_of || !merge(next, made.parts)) {
      made.parts.push_back(std::move(next));
    }
  }
  return made;
}

std::optional<bool> quick_pattern::matches(const record_fields& fields) const {
  return tree_ ? holds(*tree_, fields) : std::nullopt;
}

std::optional<bool> quick_pattern::holds(const node& tree, const record_fields& fields) const {
  if (tree.kind == node_kind::leaf) {
    return holds(tree.leaf, fields);
  }
  const bool decides = tree.kind == node_kind::any_of;
  bool known = true;
  for (const node& part : tree.parts) {
    const std::optional<bool> one = holds(part, fields);
    if (one == decides) {
      return decides;
    }
    known = known && one.has_value();
  }
  return known ? std::optional{!decides} : std::nullopt;
}

std::optional<bool> quick_pattern::holds(const condition& leaf, const record_fields& fields) const {
  if (leaf.asks == question::other) {
    return std::nullopt;
  }
  const text_view text = leaf.field->read(fields);
  // Without a text it may be a number, but for what is known to be absent or null.
  const bool nothing = !text && leaf.field->of_error && !fields.failed;
  if (!text && !nothing) {
    return std::nullopt;
  }
  switch (leaf.asks) {
    case question::compared:  // nothing compares with null
      return text && compare_text(pattern_.program(), *leaf.test, *text);
    case question::one_of:
      return text && leaf.texts.contains(*text);
    case question::absent_or_null:
      return nothing;
    default:  // which of the two it is cannot be told
      return text ? std::optional{false} : std::nullopt;
  }
}

}  // namespace trailbell::detect
