#include "support/filter_oracle.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <vector>

namespace trailbell::test {
namespace {

using nlohmann::json;
using namespace trailbell::detect;

std::vector<const json*> children(const json& value) {
  std::vector<const json*> all;
  if (value.is_structured()) {
    for (const json& child : value) {
      all.push_back(&child);
    }
  }
  return all;
}

std::vector<const json*> step_from(const json& value, const selector_step& step) {
  if (step.kind == step_kind::wildcard) {
    return children(value);
  }
  if (step.kind == step_kind::member && value.is_object() && value.contains(step.name)) {
    return {&value[step.name]};
  }
  if (step.kind == step_kind::element && value.is_array() && step.index < value.size()) {
    return {&value[step.index]};
  }
  return {};
}

std::vector<const json*> resolve(const json& root, const std::vector<selector_step>& steps) {
  std::vector<const json*> found{&root};
  for (const selector_step& step : steps) {
    std::vector<const json*> next;
    for (const json* value : found) {
      const auto more = step_from(*value, step);
      next.insert(next.end(), more.begin(), more.end());
    }
    found = next;
  }
  return found;
}

// Each `*` as little as it can, from left to right; the last piece has to end the text.
bool glob(const std::vector<std::string>& pieces, std::string text) {
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (i > 0 && i + 1 == pieces.size() && pieces[i].empty()) {
      return true;
    }
    const std::size_t at =
        i == 0 ? (text.rfind(pieces[0], 0) == 0 ? 0 : std::string::npos) : text.find(pieces[i]);
    if (at == std::string::npos) {
      return false;
    }
    text = text.substr(at + pieces[i].size());
  }
  return text.empty();
}

bool ordered(comparison_operator op, double a, double b) {
  switch (op) {
    case comparison_operator::equal:
      return a == b;
    case comparison_operator::not_equal:
      return a != b;
    case comparison_operator::less:
      return a < b;
    case comparison_operator::less_or_equal:
      return a <= b;
    case comparison_operator::greater:
      return a > b;
    default:
      return a >= b;
  }
}

bool same_text(const literal& value, const std::string& text) {
  if (const auto* number = std::get_if<number_literal>(&value)) {
    return number->text == text;
  }
  return glob(std::get<text_literal>(value).pieces, text);
}

std::optional<bool> text_verdict(const comparison& test, const std::string& text) {
  if (test.op == comparison_operator::equal) {
    return same_text(test.value, text);
  }
  if (test.op == comparison_operator::not_equal) {
    return !same_text(test.value, text);
  }
  return std::nullopt;
}

// Nothing where the value compares with nothing.
std::optional<bool> verdict_on(const comparison& test, const json& value) {
  if (value.is_string()) {
    return text_verdict(test, value.get<std::string>());
  }
  if (!value.is_number()) {
    return std::nullopt;
  }
  if (const auto* number = std::get_if<number_literal>(&test.value)) {
    return ordered(test.op, value.get<double>(), number->value);
  }
  return text_verdict(test, value.dump());
}

bool state_of(state_test state, const std::vector<const json*>& found, bool wildcard) {
  return std::any_of(found.begin(), found.end(), [&](const json* value) {
    if (state != state_test::is_null) {
      return value->is_boolean() && value->get<bool>() == (state == state_test::is_true);
    }
    const auto inner =
        wildcard || !value->is_array() ? std::vector<const json*>{} : children(*value);
    return value->is_null() ||
           std::any_of(inner.begin(), inner.end(), [](const json* v) { return v->is_null(); });
  });
}

bool leaf_holds(const json_condition& leaf, const json& root) {
  const std::vector<const json*> found = resolve(root, leaf.where.steps);
  const bool wildcard = leaf.where.has_wildcard();
  if (const auto* state = std::get_if<state_test>(&leaf.test)) {
    return *state == state_test::not_exists ? found.empty() : state_of(*state, found, wildcard);
  }
  comparison test = std::get<comparison>(leaf.test);
  if (wildcard && test.op == comparison_operator::not_equal) {
    std::vector<selector_step> parent;
    for (const selector_step& step : leaf.where.steps) {
      if (step.kind == step_kind::wildcard) {
        break;
      }
      parent.push_back(step);
    }
    test.op = comparison_operator::equal;
    return !resolve(root, parent).empty() &&
           std::none_of(found.begin(), found.end(), [&](const json* value) {
             return verdict_on(test, *value).value_or(false);
           });
  }
  return std::any_of(found.begin(), found.end(),
                     [&](const json* value) { return verdict_on(test, *value).value_or(false); });
}

template <class Leaf, class Holds>
bool tree(const condition_node<Leaf>& node, const Holds& holds) {
  std::vector<bool> parts;
  for (const auto& part : node.parts) {
    parts.push_back(tree(part, holds));
  }
  if (node.kind == node_kind::leaf) {
    return holds(node.leaf);
  }
  const auto held = std::count(parts.begin(), parts.end(), true);
  return node.kind == node_kind::any_of ? held > 0 : held == std::ssize(parts);
}

// The parts of an event without quotes and brackets in it: the generator writes no others.
std::vector<std::string> words_of(const std::string& event) {
  std::istringstream in{event};
  std::vector<std::string> words;
  for (std::string word; in >> word;) {
    words.push_back(word);
  }
  return words;
}

bool field_holds(const field& part, const std::string& text) {
  return !part.condition || tree(*part.condition, [&](const comparison& test) {
    const auto* number = std::get_if<number_literal>(&test.value);
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (number != nullptr && !text.empty() && *end == '\0') {
      return ordered(test.op, value, number->value);
    }
    return text_verdict(test, text).value_or(false);
  });
}

bool fields_hold(const std::vector<field>& fields, const std::string& event) {
  std::vector<std::string> words = words_of(event);
  const auto ellipsis = std::find_if(fields.begin(), fields.end(),
                                     [](const field& f) { return f.kind == field_kind::ellipsis; });
  const auto before = static_cast<std::size_t>(ellipsis - fields.begin());
  const std::size_t behind = ellipsis == fields.end() ? 0 : fields.size() - before - 1;
  if (words.size() < before + behind) {
    return false;
  }
  if (ellipsis == fields.end() && before > 0) {
    for (std::size_t i = before; i < words.size(); ++i) {
      words[before - 1] += " " + words[i];  // the generator writes single blanks
    }
  }
  for (std::size_t i = 0; i < before; ++i) {
    if (!field_holds(fields[i], words[i])) {
      return false;
    }
  }
  for (std::size_t i = 0; i < behind; ++i) {
    if (!field_holds(fields[before + 1 + i], words[words.size() - behind + i])) {
      return false;
    }
  }
  return true;
}

bool terms_hold(const std::vector<term>& terms, const std::string& event) {
  bool any_optional = false;
  bool others = false;
  for (const term& t : terms) {
    const bool occurs = event.find(t.text) != std::string::npos;
    if (t.role == term_role::optional) {
      any_optional = any_optional || occurs;
      continue;
    }
    others = true;
    if (occurs != (t.role == term_role::required)) {
      return false;
    }
  }
  return others || any_optional;
}

}  // namespace

bool oracle_matches(const filter_syntax& syntax, const std::string& event) {
  if (const auto* terms = std::get_if<term_pattern>(&syntax.pattern)) {
    return terms_hold(terms->terms, event);
  }
  if (const auto* fields = std::get_if<field_pattern>(&syntax.pattern)) {
    return fields_hold(fields->fields, event);
  }
  if (const auto* pattern = std::get_if<json_pattern>(&syntax.pattern)) {
    const json root = json::parse(event, nullptr, false);
    return root.is_object() && tree(pattern->condition, [&](const json_condition& leaf) {
             return leaf_holds(leaf, root);
           });
  }
  return std::holds_alternative<match_all_pattern>(syntax.pattern);
}

}  // namespace trailbell::test
