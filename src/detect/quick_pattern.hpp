// quick_pattern: a JSON pattern that is asked about the fields of a record, before anybody reads
// the record as a tree.
//
// Three-valued: what the fields do not tell is nothing, and && and || carry that through. Where it
// says yes or no, the pattern says the same of the tree. Equalities of one member that are joined
// by || are one look-up; so are its NOT EXISTS and IS NULL one question. Immutable; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "detect/filter_evaluator.hpp"
#include "detect/quick_field.hpp"
#include "detect/text_set.hpp"
#include "trailbell/detect/filter_pattern.hpp"

namespace trailbell::detect {

class quick_pattern {
 public:
  // Shares what the pattern compiled.
  explicit quick_pattern(filter_pattern pattern);

  [[nodiscard]] std::optional<bool> matches(const record_fields& fields) const;

 private:
  enum class question : std::uint8_t { other, compared, one_of, absent, null, absent_or_null };
  struct condition {
    question asks = question::other;     // none that texts of fields answer
    const quick_field* field = nullptr;  // unless `other`
    const comparison* test = nullptr;    // compared: how
    text_set texts;                      // one_of
  };
  using node = condition_node<condition>;

  static node node_of(const condition_node<json_condition>& from);
  static condition leaf_of(const json_condition& from);
  static bool merge(const node& from, std::vector<node>& parts);
  [[nodiscard]] std::optional<bool> holds(const node& tree, const record_fields& fields) const;
  [[nodiscard]] std::optional<bool> holds(const condition& leaf, const record_fields& fields) const;

  filter_pattern pattern_;
  std::optional<node> tree_;  // none: no JSON pattern, never known
};

}  // namespace trailbell::detect
