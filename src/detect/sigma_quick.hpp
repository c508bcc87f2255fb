// sigma_quick: a Sigma rule asked about the fields of a record, before anybody reads the record as
// a tree.
//
// Three-valued, as quick_pattern is: what the fields do not tell is nothing, and the condition
// carries that through. Where it says yes or no, the rule says the same of the tree. Borrows the
// rule's content. Immutable; any thread.
#pragma once

#include <optional>
#include <vector>

#include "detect/quick_field.hpp"
#include "detect/sigma_content.hpp"

namespace trailbell::detect {

class sigma_quick {
 public:
  explicit sigma_quick(const sigma_rule::content& of);

  [[nodiscard]] std::optional<bool> holds(const record_fields& fields) const;

 private:
  struct leaf {
    const sigma_item* item;
    const quick_field* field;  // null: the fields do not have it
  };
  using selection = std::vector<std::vector<leaf>>;

  [[nodiscard]] std::optional<bool> holds(const sigma_node& node,
                                          const record_fields& fields) const;
  static std::optional<bool> holds(const leaf& one, const record_fields& fields);

  const sigma_node& condition_;
  std::vector<selection> selections_;
};

}  // namespace trailbell::detect
