// coverage_search: a record in which a formula holds.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "detect/coverage_formula.hpp"
#include "detect/coverage_record.hpp"
#include "detect/coverage_text.hpp"
#include "detect/sample_value.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/detect/record_shape.hpp"

namespace trailbell::detect {

class coverage_search {
 public:
  // Borrows the atoms.
  explicit coverage_search(const atom_table& atoms) : atoms_{atoms}, records_{atoms, left_} {}

  struct answer {
    std::optional<sample_value> record;
    bool undecided = false;  // no record was found, and yet there may be one
  };
  // Each question has an effort of its own, and all together have one (limits::coverage_*).
  [[nodiscard]] answer find(const formula& wanted, const record_shape& shape);

 private:
  using assignment = std::map<std::size_t, bool>;
  // Which probes about values are taken not to hold.
  enum class refused : std::uint8_t { everything, comparisons, nothing };
  void refuse(const formula& f, refused which, assignment& into) const;
  std::optional<sample_value> search(formula open, assignment known, const record_shape& shape);
  std::optional<sample_value> branch(const formula& open, const assignment& known,
                                     const record_shape& shape);
  std::optional<sample_value> settle(const sample_value& base, const std::vector<atom_wish>& wishes,
                                     const record_shape& shape);

  const atom_table& atoms_;
  std::size_t total_left_ = limits::coverage_total_steps_max;
  effort left_{0};
  record_solver records_;
  hopeless_wishes hopeless_;
  bool undecided_ = false;
};

}  // namespace trailbell::detect
