// sigma_quick: a Sigma rule asked about the fields of a record, before anybody reads the record as
// a tree.
//
// Three-valued, as quick_pattern is: what the fields do not tell is nothing, and the condition
// carries that through. Where it says yes or no, the rule says the same of the tree. Borrows the
// rule's content. Immutable; any thread.
#pragma once

#include <optional>
#include <vector>

#include "detect/sigma_content.hpp"
#include "trailbell/model/record.hpp"

namespace trailbell::detect {

class sigma_quick {
 public:
  explicit sigma_quick(const sigma_rule::content& of);

  [[nodiscard]] std::optional<bool> holds(const record_fields& fields) const;

 private:
  // Gives a field's text; nothing where it is absent or no text.
  using reader = text_view (*)(const record_fields& fields);
  struct leaf {
    const sigma_item* item;
    reader read = nullptr;  // null: the fields do not have it
    bool of_error = false;  // errorCode, errorMessage: `failed` tells whether it is there
    bool nested = false;    // in userIdentity
  };
  using selection = std::vector<std::vector<leaf>>;

  static leaf leaf_of(const sigma_item& item);
  [[nodiscard]] std::optional<bool> holds(const sigma_node& node,
                                          const record_fields& fields) const;
  static std::optional<bool> holds(const leaf& one, const record_fields& fields);

  const sigma_node& condition_;
  std::vector<selection> selections_;
};

}  // namespace trailbell::detect
