#include "trailbell/detect/filter_syntax.hpp"

#include <algorithm>
#include <array>

#include "detect/filter_text.hpp"

namespace trailbell::detect {
namespace {

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
    }
    out.push_back(c);
  }
  out.push_back('"');
  return out;
}

bool is_plain_name(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_name_byte);
}

std::string step_text(const selector_step& step, bool first) {
  switch (step.kind) {
    case step_kind::member:
      return is_plain_name(step.name) ? "." + step.name : ".['" + step.name + "']";
    case step_kind::element:
      return "[" + std::to_string(step.index) + "]";
    case step_kind::wildcard:
      break;
  }
  return first ? ".*" : "[*]";
}

std::string_view state_text(state_test test) noexcept {
  constexpr std::array<std::string_view, 4> texts{"IS NULL", "IS TRUE", "IS FALSE", "NOT EXISTS"};
  return texts[static_cast<std::size_t>(test)];
}

std::string comparison_text(const comparison& test) {
  return std::string{to_text(test.op)} + " " + to_text(test.value);
}

template <class Leaf, class Print>
std::string tree_text(const condition_node<Leaf>& node, Print print) {
  if (node.kind == node_kind::leaf) {
    return print(node.leaf);
  }
  std::string out;
  for (const condition_node<Leaf>& part : node.parts) {
    if (!out.empty()) {
      out += node.kind == node_kind::all_of ? " && " : " || ";
    }
    const std::string text = tree_text(part, print);
    out += part.kind == node_kind::leaf ? text : "(" + text + ")";
  }
  return out;
}

template <class Part>
std::string joined(const std::vector<Part>& parts, std::string_view between) {
  std::string out;
  for (const Part& part : parts) {
    if (&part != &parts.front()) {
      out += between;
    }
    out += to_text(part);
  }
  return out;
}

std::string regex_text(const regex_literal& regex) {
  return "%" + regex.source + "%";
}

struct printer {
  std::string operator()(const match_all_pattern&) const { return ""; }
  std::string operator()(const term_pattern& terms) const { return joined(terms.terms, " "); }
  std::string operator()(const json_pattern& json) const {
    return "{ " +
           tree_text(json.condition, [](const json_condition& leaf) { return to_text(leaf); }) +
           " }";
  }
  // A lone unnamed field needs its comma: `[]` is every event.
  std::string operator()(const field_pattern& fields) const {
    return "[" + joined(fields.fields, ", ") + "]";
  }
  std::string operator()(const regex_pattern& alone) const { return regex_text(alone.regex); }
};

}  // namespace

bool selector::has_wildcard() const noexcept {
  return std::any_of(steps.begin(), steps.end(),
                     [](const selector_step& step) { return step.kind == step_kind::wildcard; });
}

bool term_pattern::all_optional() const noexcept {
  return std::all_of(terms.begin(), terms.end(),
                     [](const term& t) { return t.role == term_role::optional; });
}

std::string to_text(const filter_syntax& syntax) {
  return std::visit(printer{}, syntax.pattern);
}

std::string to_text(const selector& where) {
  std::string out = "$";
  for (const selector_step& step : where.steps) {
    out += step_text(step, &step == &where.steps.front());
  }
  return out;
}

std::string to_text(const literal& value) {
  if (const auto* number = std::get_if<number_literal>(&value)) {
    return number->text;
  }
  if (const auto* regex = std::get_if<regex_literal>(&value)) {
    return regex_text(*regex);
  }
  std::string text;
  const auto& pieces = std::get<text_literal>(value).pieces;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    text += (i > 0 ? "*" : "") + pieces[i];
  }
  return quoted(text);
}

std::string to_text(const json_condition& condition) {
  const std::string where = to_text(condition.where) + " ";
  if (const auto* state = std::get_if<state_test>(&condition.test)) {
    return where + std::string{state_text(*state)};
  }
  return where + comparison_text(std::get<comparison>(condition.test));
}

std::string to_text(const field& part) {
  if (part.kind != field_kind::named) {
    return part.kind == field_kind::ellipsis ? "..." : "";
  }
  if (!part.condition) {
    return part.name;
  }
  return tree_text(*part.condition, [&part](const comparison& leaf) {
    return part.name + " " + comparison_text(leaf);
  });
}

std::string to_text(const term& part) {
  constexpr std::array<std::string_view, 3> signs{"", "?", "-"};
  return std::string{signs[static_cast<std::size_t>(part.role)]} + quoted(part.text);
}

std::string_view to_text(comparison_operator op) noexcept {
  constexpr std::array<std::string_view, 6> texts{"=", "!=", "<", "<=", ">", ">="};
  return texts[static_cast<std::size_t>(op)];
}

std::string_view to_text(pattern_kind kind) noexcept {
  constexpr std::array<std::string_view, 5> texts{"every event", "terms", "a JSON condition",
                                                  "space-delimited fields", "a regular expression"};
  return texts[static_cast<std::size_t>(kind)];
}

}  // namespace trailbell::detect
