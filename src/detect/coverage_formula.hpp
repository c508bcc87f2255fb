// Patterns as one propositional formula over atoms, in negation normal form.
//
// An atom of a JSON pattern is a probe: "some value that this selector leads to passes this test".
// Everything that the patterns' language says is a probe or its opposite:
//   `= x`, `> x`, IS ...   some value passes
//   `NOT EXISTS`           no value exists
//   `!= x`                 some value is comparable and not equal; behind a wildcard: what the
//                          wildcard stands on exists, and no value is equal
// An atom of the other kinds is a test of the text as a whole. Equal atoms of different patterns
// are one atom. Thread-safety: none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "detect/filter_evaluator.hpp"
#include "detect/text_automaton.hpp"
#include "trailbell/detect/filter_pattern.hpp"

namespace trailbell::detect {

// `exists` beside the tests of a pattern: of whatever there is.
enum class presence_test : std::uint8_t { exists };

struct value_probe {
  std::vector<selector_step> steps;
  std::variant<presence_test, state_test, comparison> test;
  bool through_wildcard = false;  // IS NULL then looks at the value only, not into an array
  bool operator==(const value_probe&) const = default;
};

// Some term, or regular expression, or whole-text comparison; or a pattern that is a mystery here:
// then there is no language, and only the evaluator can tell.
struct text_probe {
  enum class kind : std::uint8_t { has, equals, unknown };
  kind what = kind::has;
  std::string part;         // that the text has
  literal value;            // that it equals
  std::size_t pattern = 0;  // that is unknown: its place among the patterns
  bool operator==(const text_probe&) const = default;
};

struct coverage_atom {
  std::variant<value_probe, text_probe> probe;
  const filter_program* program = nullptr;  // that has its regular expressions compiled
  std::unique_ptr<text_language> language;  // of `=` and `!=`, and of the text
  [[nodiscard]] const value_probe* value() const { return std::get_if<value_probe>(&probe); }
  [[nodiscard]] const text_probe* text() const { return std::get_if<text_probe>(&probe); }
};

struct formula {
  enum class kind : std::uint8_t { constant, single, all_of, any_of };
  kind what = kind::constant;
  bool truth = true;           // of a constant; what the atom of a single one has to be
  std::size_t atom = 0;        // of a single one
  std::vector<formula> parts;  // of the others
};

[[nodiscard]] formula constant_formula(bool truth);
// Constants are taken up: a part that decides the whole replaces it.
[[nodiscard]] formula join(formula::kind how, std::vector<formula> parts);
[[nodiscard]] formula opposite(const formula& of);

class atom_table {
 public:
  // The formula that holds where the pattern does. Borrows the pattern.
  formula add(const filter_pattern& pattern);
  [[nodiscard]] const coverage_atom& at(std::size_t atom) const { return atoms_[atom]; }
  [[nodiscard]] std::size_t size() const noexcept { return atoms_.size(); }
  [[nodiscard]] const filter_pattern& pattern(std::size_t i) const { return *patterns_[i]; }

 private:
  struct builder;
  formula literal_of(std::variant<value_probe, text_probe> probe);

  std::vector<coverage_atom> atoms_;
  std::vector<const filter_pattern*> patterns_;
};

}  // namespace trailbell::detect
