// rule_index: rules by what they need, so that a record reaches only those that could hold for it.
//
// A rule stands in one place: under its event names, else under its event sources, else under its
// literals, else among those that every record reaches. Names and sources are in lower case for
// rules of every kind: what is selected too much costs a question, and is never wrong.
// Immutable; any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "detect/head_scanner.hpp"
#include "detect/text_hash.hpp"
#include "trailbell/detect/rule_set.hpp"

namespace trailbell::detect {

using rule_numbers = std::vector<std::uint32_t>;

// Under what a text field of the record may be.
class field_index {
 public:
  void add(std::uint32_t rule, const std::vector<std::string>& values, bool ignore_case);
  // Appends the rules that want this value; `scratch` is for the callee.
  void find(const text_view& value, std::string& scratch, rule_numbers& into) const;

 private:
  std::unordered_map<std::string, rule_numbers, text_hash, std::equal_to<>> by_value_;
  rule_numbers untold_;  // that no value which is not a text rules out
  std::size_t value_bytes_max_ = 0;
};

// Under literals in the record's bytes.
class literal_index {
 public:
  void add(std::uint32_t rule, const std::vector<needed_literal>& literals);
  void compile();

  // Null where there are too few rules for a look at a record's bytes to pay: then all() of them
  // are selected.
  [[nodiscard]] std::unique_ptr<head_scanner> open() const;
  // Appends the rules one of whose literals stands in `raw`, or is spelled there by escapes; some
  // more than once. `scratch` is for the callee.
  void find(head_scanner& scanner, std::string_view raw, std::string& scratch,
            rule_numbers& into) const;
  [[nodiscard]] const rule_numbers& all() const noexcept { return rules_; }

 private:
  struct tail {
    std::string text;
    rule_numbers rules;
  };
  rule_numbers rules_;
  std::vector<literal_head> heads_;                       // without their tails
  std::vector<std::vector<tail>> tails_;                  // of each head
  std::unordered_map<std::string, std::size_t> numbers_;  // of heads
  std::unique_ptr<const head_database> database_;
};

struct rule_index {
  explicit rule_index(std::span<const rule_ptr> rules);

  field_index by_event_name, by_event_source;
  literal_index by_literal;
  rule_numbers always;
};

}  // namespace trailbell::detect
