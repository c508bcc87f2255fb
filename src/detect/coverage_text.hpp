// Tests of a record's text, together with what is already asked of its values.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "detect/coverage_formula.hpp"
#include "detect/coverage_record.hpp"
#include "detect/sample_value.hpp"
#include "trailbell/detect/record_shape.hpp"

namespace trailbell::detect {

// Whether no record at all, of any event, has a text that fulfils a wish: told once.
using hopeless_wishes = std::map<std::pair<const text_language*, bool>, bool>;

class text_solver {
 public:
  // Borrows all four. `record` is a part of cloudtrail_record().
  text_solver(const atom_table& atoms, const record_shape& record, effort& left,
              hopeless_wishes& hopeless)
      : atoms_{atoms}, record_{record}, left_{left}, hopeless_{hopeless} {}

  // `base` fulfils those of the wishes that are about values. A record that fulfils all of them.
  std::optional<sample_value> solve(const sample_value& base, std::span<const atom_wish> wishes);
  // Nothing was found, but something might exist.
  [[nodiscard]] bool undecided() const noexcept { return undecided_ || left_.spent(); }

 private:
  struct text_wishes;
  [[nodiscard]] bool fulfils(const sample_value& record, const text_wishes& wishes) const;
  std::optional<sample_value> stuffed(const sample_value& base, const text_wishes& wishes);
  bool is_hopeless(const language_wish& wish);
  bool impossible(const text_wishes& wishes);
  bool no_text_fulfils(const text_wishes& wishes, std::span<const language_wish> these);
  std::optional<sample_value> composed(const sample_value& base, const text_wishes& wishes,
                                       bool small);

  const atom_table& atoms_;
  const record_shape& record_;
  effort& left_;
  hopeless_wishes& hopeless_;
  bool undecided_ = false;
};

}  // namespace trailbell::detect
