// quick_pattern: a JSON pattern that is asked about the fields of a record, before anybody reads
// the record as a tree.
//
// Three-valued: what the fields do not tell is nothing, and && and || carry that through. Where it
// says yes or no, the pattern says the same of the tree. Equalities of one member that are joined
// by || are one look-up. Immutable; any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "detect/filter_evaluator.hpp"
#include "trailbell/detect/filter_pattern.hpp"
#include "trailbell/model/record.hpp"

namespace trailbell::detect {

class quick_pattern {
 public:
  // Shares what the pattern compiled.
  explicit quick_pattern(filter_pattern pattern);

  [[nodiscard]] std::optional<bool> matches(const record_fields& fields) const;

 private:
  // Gives a member's text; nothing where it is absent or no text.
  using reader = text_view (*)(const record_fields& fields);
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  struct condition {
    reader read = nullptr;  // null: the fields do not have it
    bool of_error = false;  // errorCode, errorMessage: `failed` tells whether it is there
    const comparison* test = nullptr;  // null: one of `texts`
    std::unordered_set<std::string, text_hash, std::equal_to<>> texts;
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
