// record_solver: a smallest record in which some probes hold and others do not.
//
// It walks down the shape of a record with the probes that pass each place. What a probe asks of a
// place splits by the kind of value there, so the kinds are tried one after the other:
//   absent      no probe selects anything
//   text        a text in all wanted languages and in none of the others (text_automaton)
//   number      an interval, a spelling, or both (coverage_number)
//   null, true  as they are
//   object      each member has its own probes; a probe through a wildcard that is wanted needs one
//               child, any child, one that is not wanted forbids every child. Two that are wanted
//               may be met by two children, and in an open object they are: a new child carries no
//               other probe
//   array       the same, with a length that has to be guessed: one element more than the largest
//               index, and one for each wanted probe, are as good as any number
// Where members are few and known (the record itself, userIdentity), a wanted wildcard is tried on
// each. All of this is complete: nothing is found only where nothing exists, or where undecided()
// says that a bound was in the way. Thread-safety: none.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "detect/coverage_formula.hpp"
#include "detect/sample_value.hpp"
#include "detect/text_automaton.hpp"
#include "trailbell/detect/record_shape.hpp"

namespace trailbell::detect {

// What a solution has to say about an atom.
struct atom_wish {
  std::size_t atom;
  bool wanted;
  auto operator<=>(const atom_wish&) const = default;
};

// A probe that has come down some steps of its selector.
struct goal {
  const coverage_atom* atom;
  std::size_t step;
  bool wanted;
  bool itself = false;  // IS NULL of an array's element: an array in it does not count

  [[nodiscard]] const value_probe& probe() const { return *atom->value(); }
  [[nodiscard]] bool arrived() const { return step == probe().steps.size(); }
  [[nodiscard]] const selector_step& next() const { return probe().steps[step]; }
  [[nodiscard]] goal advanced() const { return {atom, step + 1, wanted, itself}; }
};

class record_solver {
 public:
  // Borrows both.
  record_solver(const atom_table& atoms, effort& left) : atoms_{atoms}, left_{left} {}

  // A record of this shape, or nothing. Wishes about the text are left out.
  std::optional<sample_value> solve(const record_shape& shape, std::span<const atom_wish> wishes);

  // Nothing was found, but something might exist.
  [[nodiscard]] bool undecided() const noexcept { return undecided_ || left_.spent(); }

 private:
  enum class outcome { impossible, absent, present };
  struct place {
    outcome what = outcome::impossible;
    sample_value value;
  };
  using goals = std::vector<goal>;
  // The goals of a value's children, by child.
  struct children_goals {
    std::map<std::string, goals> members;
    std::map<std::size_t, goals> elements;
    goals some;  // child has to
    goals none;  // may
  };
  // A child that exists or may, with what is asked of it.
  struct slot {
    const record_shape* shape;
    bool optional;
    std::string name;
    goals asked;
    place found;
  };

  place solve_place(const record_shape& shape, const goals& asked, bool may_be_absent);
  place solve_fixed(const record_shape& shape, const goals& asked);
  place solve_kind(const record_shape& shape, const goals& asked, json_kind kind);
  place solve_text(const record_shape& shape, const goals& asked);
  place solve_number(const goals& asked);
  place solve_object(const record_shape& shape, const goals& asked);
  place solve_open(const children_goals& children);
  place solve_closed(const record_shape& shape, children_goals children);
  place solve_array(const record_shape& shape, const goals& asked);
  static place array_of(std::vector<slot>& slots);
  bool split(const goals& asked, json_kind kind, children_goals& into);
  bool split_arrived(const goal& g, json_kind kind, children_goals& into);
  // Gives each of `some` a slot from `from` on, and solves all slots.
  bool fill(std::vector<slot>& slots, const goals& some, std::size_t from);
  std::optional<std::string> text_for(const std::vector<language_wish>& wishes);

  const atom_table& atoms_;
  effort& left_;
  bool undecided_ = false;
  std::map<std::vector<std::pair<const text_language*, bool>>, std::optional<std::string>> texts_;
};

// Whether a value without children passes the test at the end of a goal's selector.
[[nodiscard]] bool passes(const goal& g, const sample_value& value);

// A number, as it is written, that the goals agree on; all of them have arrived. `undecided` is set
// where none was found, and yet there may be one.
[[nodiscard]] std::optional<std::string> number_for(std::span<const goal> asked, effort& left,
                                                    bool& undecided);

}  // namespace trailbell::detect
