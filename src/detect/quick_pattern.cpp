#include "detect/quick_pattern.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

namespace trailbell::detect {
namespace {

struct known_member {
  std::string_view path;
  text_view (*read)(const record_fields& fields);
  bool of_error;
};

constexpr std::array<known_member, 9> known_members{{
    {"eventName", [](const record_fields& f) { return f.event_name; }, false},
    {"eventSource", [](const record_fields& f) { return f.event_source; }, false},
    {"eventType", [](const record_fields& f) { return f.event_type; }, false},
    {"awsRegion", [](const record_fields& f) { return f.aws_region; }, false},
    {"sourceIPAddress", [](const record_fields& f) { return f.source_ip; }, false},
    {"userAgent", [](const record_fields& f) { return f.user_agent; }, false},
    {"errorCode", [](const record_fields& f) { return f.error_code; }, true},
    {"errorMessage", [](const record_fields& f) { return f.error_message; }, true},
    {"userIdentity.type", [](const record_fields& f) { return f.identity.type; }, false},
}};

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
  const auto* test = std::get_if<comparison>(&from.test);
  const std::optional<std::string> path = path_of(from.where);
  const auto known = std::find_if(known_members.begin(), known_members.end(),
                                  [&](const known_member& one) { return path == one.path; });
  if (test == nullptr || known == known_members.end()) {
    return leaf;
  }
  leaf.read = known->read;
  leaf.of_error = known->of_error;
  leaf.test = test;
  const auto* text = std::get_if<text_literal>(&test->value);
  if (test->op == comparison_operator::equal && text != nullptr && !text->has_wildcard()) {
    leaf.test = nullptr;
    leaf.texts.insert(text->pieces.front());
  }
  return leaf;
}

// Whether `from` is an equality of what one of `parts` looks up, and was added to it.
bool quick_pattern::merge(const node& from, std::vector<node>& parts) {
  const auto looks_up = [](const node& one) {
    return one.kind == node_kind::leaf && one.leaf.read != nullptr && one.leaf.test == nullptr;
  };
  const auto same = std::find_if(parts.begin(), parts.end(), [&](const node& one) {
    return looks_up(one) && one.leaf.read == from.leaf.read;
  });
  if (!looks_up(from) || same == parts.end()) {
    return false;
  }
  same->leaf.texts.insert(from.leaf.texts.begin(), from.leaf.texts.end());
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
  const text_view text = leaf.read != nullptr ? leaf.read(fields) : std::nullopt;
  if (text) {
    return leaf.test == nullptr ? leaf.texts.find(*text) != leaf.texts.end()
                                : compare_text(pattern_.program(), *leaf.test, *text);
  }
  // Absent or null, which compares with nothing; else it may be a number.
  return leaf.of_error && !fields.failed ? std::optional{false} : std::nullopt;
}

}  // namespace trailbell::detect
