#include "detect/coverage_formula.hpp"

#include <algorithm>
#include <utility>

namespace trailbell::detect {
namespace {

formula literal_formula(std::size_t atom, bool truth) {
  return {formula::kind::single, truth, atom, {}};
}

bool is_constant(const formula& f, bool truth) {
  return f.what == formula::kind::constant && f.truth == truth;
}

std::unique_ptr<text_language> language_for(const std::variant<value_probe, text_probe>& probe) {
  if (const auto* value = std::get_if<value_probe>(&probe)) {
    const auto* test = std::get_if<comparison>(&value->test);
    const bool equality = test != nullptr && (test->op == comparison_operator::equal ||
                                              test->op == comparison_operator::not_equal);
    return equality ? language_of(test->value) : nullptr;
  }
  const auto& text = std::get<text_probe>(probe);
  switch (text.what) {
    case text_probe::kind::has:
      return language_with(text.part);
    case text_probe::kind::equals:
      return language_of(text.value);
    case text_probe::kind::unknown:
      break;
  }
  return nullptr;
}

// Fields that every event fulfils which has a part at all, as every record does.
bool any_part_will_do(const field_pattern& pattern) {
  const auto named = std::count_if(pattern.fields.begin(), pattern.fields.end(),
                                   [](const field& f) { return f.kind != field_kind::ellipsis; });
  const bool conditions = std::any_of(pattern.fields.begin(), pattern.fields.end(),
                                      [](const field& f) { return f.condition.has_value(); });
  return named <= 1 && !conditions;
}

}  // namespace

formula constant_formula(bool truth) {
  return {formula::kind::constant, truth, 0, {}};
}

formula join(formula::kind how, std::vector<formula> parts) {
  const bool neutral = how == formula::kind::all_of;
  formula joined{how, true, 0, {}};
  for (formula& part : parts) {
    if (is_constant(part, !neutral)) {
      return part;
    }
    if (part.what == how) {
      std::move(part.parts.begin(), part.parts.end(), std::back_inserter(joined.parts));
    } else if (part.what != formula::kind::constant) {
      joined.parts.push_back(std::move(part));
    }
  }
  if (joined.parts.empty()) {
    return constant_formula(neutral);
  }
  if (joined.parts.size() == 1) {
    return formula{std::move(joined.parts.front())};
  }
  return joined;
}

formula opposite(const formula& of) {
  formula turned{of.what, !of.truth, of.atom, {}};
  if (of.what == formula::kind::all_of || of.what == formula::kind::any_of) {
    turned.what = of.what == formula::kind::all_of ? formula::kind::any_of : formula::kind::all_of;
    std::transform(of.parts.begin(), of.parts.end(), std::back_inserter(turned.parts), opposite);
  }
  return turned;
}

struct atom_table::builder {
  atom_table& table;

  formula operator()(const match_all_pattern&) const { return constant_formula(true); }

  formula operator()(const term_pattern& pattern) const {
    const bool optional = pattern.all_optional();
    std::vector<formula> parts;
    for (const term& t : pattern.terms) {
      if (!optional && t.role == term_role::optional) {
        continue;
      }
      const formula has = table.literal_of(text_probe{text_probe::kind::has, t.text, {}, 0});
      parts.push_back(t.role == term_role::excluded ? opposite(has) : has);
    }
    return join(optional ? formula::kind::any_of : formula::kind::all_of, std::move(parts));
  }

  formula operator()(const json_pattern& pattern) const { return tree(pattern.condition); }

  formula operator()(const regex_pattern& pattern) const { return whole_text(pattern.regex); }

  // A record's text begins with a brace, so it is one part where one field takes all of it.
  formula operator()(const field_pattern& pattern) const {
    if (any_part_will_do(pattern)) {
      return constant_formula(true);
    }
    if (pattern.fields.size() == 1) {
      return tree(*pattern.fields.front().condition);
    }
    return table.literal_of(
        text_probe{text_probe::kind::unknown, {}, {}, table.patterns_.size() - 1});
  }

  template <class Leaf>
  formula tree(const condition_node<Leaf>& node) const {
    if (node.kind == node_kind::leaf) {
      return leaf(node.leaf);
    }
    std::vector<formula> parts;
    parts.reserve(node.parts.size());
    for (const condition_node<Leaf>& part : node.parts) {
      parts.push_back(tree(part));
    }
    return join(node.kind == node_kind::all_of ? formula::kind::all_of : formula::kind::any_of,
                std::move(parts));
  }

  formula whole_text(const literal& value) const {
    return table.literal_of(text_probe{text_probe::kind::equals, {}, value, 0});
  }

  // Of the text as a whole, which is no number.
  formula leaf(const comparison& test) const {
    switch (test.op) {
      case comparison_operator::equal:
        return whole_text(test.value);
      case comparison_operator::not_equal:
        return opposite(whole_text(test.value));
      default:
        return constant_formula(false);
    }
  }

  formula leaf(const json_condition& condition) const {
    value_probe probe{condition.where.steps, presence_test::exists, condition.where.has_wildcard()};
    if (const auto* state = std::get_if<state_test>(&condition.test)) {
      if (*state == state_test::not_exists) {
        return opposite(table.literal_of(std::move(probe)));
      }
      probe.test = *state;
      return table.literal_of(std::move(probe));
    }
    const auto& test = std::get<comparison>(condition.test);
    if (test.op != comparison_operator::not_equal || !probe.through_wildcard) {
      probe.test = test;
      return table.literal_of(std::move(probe));
    }
    return none_equal(std::move(probe), test);
  }

  formula none_equal(value_probe probe, comparison test) const {
    test.op = comparison_operator::equal;
    probe.test = test;
    const auto wildcard =
        std::find_if(probe.steps.begin(), probe.steps.end(),
                     [](const selector_step& s) { return s.kind == step_kind::wildcard; });
    std::vector<formula> parts;
    if (wildcard != probe.steps.begin()) {
      parts.push_back(table.literal_of(
          value_probe{{probe.steps.begin(), wildcard}, presence_test::exists, false}));
    }
    parts.push_back(opposite(table.literal_of(std::move(probe))));
    return join(formula::kind::all_of, std::move(parts));
  }
};

formula atom_table::add(const filter_pattern& pattern) {
  patterns_.push_back(&pattern);
  return std::visit(builder{*this}, pattern.syntax().pattern);
}

formula atom_table::literal_of(std::variant<value_probe, text_probe> probe) {
  const auto known =
      std::find_if(atoms_.begin(), atoms_.end(),
                   [&probe](const coverage_atom& atom) { return atom.probe == probe; });
  if (known != atoms_.end()) {
    return literal_formula(static_cast<std::size_t>(known - atoms_.begin()), true);
  }
  std::unique_ptr<text_language> language = language_for(probe);
  atoms_.push_back({std::move(probe), &patterns_.back()->program(), std::move(language)});
  return literal_formula(atoms_.size() - 1, true);
}

}  // namespace trailbell::detect
