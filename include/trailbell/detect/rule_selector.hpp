// rule_selector: which rules of a set can hold for a record.
//
// Its cost is that of the rules that it gives, and, where the set has many rules that need no event
// name or source but a text, of one look at the record's bytes; not that of the rules in the set.
// Thread-safety: none; one lane each. Borrows the set.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "trailbell/detect/rule_set.hpp"

namespace trailbell::detect {

class head_scanner;

class rule_selector {
 public:
  explicit rule_selector(const rule_set& rules);
  ~rule_selector();
  rule_selector(const rule_selector&) = delete;
  rule_selector& operator=(const rule_selector&) = delete;

  // Indexes into the set's rules(), ascending: every rule that holds, and some that do not. Valid
  // until the next call.
  [[nodiscard]] std::span<const std::uint32_t> select(const record_fields& fields);

 private:
  const rule_index& index_;
  std::unique_ptr<head_scanner> literals_;  // null: none to look for
  std::vector<std::uint32_t> selected_;
  std::string scratch_;
};

}  // namespace trailbell::detect
