// The syntax tree of a CloudWatch Logs filter pattern, as data.
//
// What filter_pattern::parse() makes of a pattern's text, and what everything that reasons about
// patterns works on: evaluation, explanation, proofs of coverage. Values only: copyable,
// comparable, no pointers. Two patterns that mean the same to the parser compare equal, however
// they are spaced, quoted or bracketed: an offset takes no part in a comparison. Source: CloudWatch
// Logs User Guide, "Filter pattern syntax", and what the service answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace trailbell::detect {

// Where a node begins in the pattern, in bytes from 0.
struct pattern_offset {
  std::size_t value = 0;
  friend constexpr bool operator==(pattern_offset, pattern_offset) noexcept { return true; }
};

// --- Literals -----------------------------------------------------------------------------------

// A bare number, such as 1, -2.5 or 1e+3. Against text its spelling counts, not its value.
struct number_literal {
  std::string text;
  double value = 0;  // infinite beyond a double's range
  bool operator==(const number_literal&) const = default;
};

// Text, quoted or bare. `*` stands between two pieces: `foo*` is {"foo", ""}, `*` is {"", ""};
// without a wildcard there is one piece. No two wildcards stand side by side.
struct text_literal {
  std::vector<std::string> pieces;
  [[nodiscard]] bool has_wildcard() const noexcept { return pieces.size() > 1; }
  bool operator==(const text_literal&) const = default;
};

// What stands between the two %. Found anywhere in the text, unless anchored.
struct regex_literal {
  std::string source;
  pattern_offset at;  // of the first %
  bool operator==(const regex_literal&) const = default;
};

using literal = std::variant<number_literal, text_literal, regex_literal>;

// --- Conditions ---------------------------------------------------------------------------------

enum class comparison_operator : std::uint8_t {
  equal,
  not_equal,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
};

// `= "x"`, `>= 400`. The last four operators come with a number only.
struct comparison {
  comparison_operator op = comparison_operator::equal;
  literal value;
  pattern_offset value_at;
  bool operator==(const comparison&) const = default;
};

// `IS NULL`, `IS TRUE`, `IS FALSE`, `NOT EXISTS`.
enum class state_test : std::uint8_t { is_null, is_true, is_false, not_exists };

// One step of a selector: `.name`, `.['name']`; `[3]`; `[*]` or `.*`, which walk the elements of an
// array or the members of an object alike.
enum class step_kind : std::uint8_t { member, element, wildcard };

struct selector_step {
  step_kind kind = step_kind::member;
  std::string name;       // of a member
  std::size_t index = 0;  // of an element; beyond any array where the pattern's digits overflow
  pattern_offset at;
  bool operator==(const selector_step&) const = default;
};

// `$.a.b[0]`: one step or more from the root, the first of them a member or a wildcard.
struct selector {
  std::vector<selector_step> steps;
  pattern_offset at;
  [[nodiscard]] bool has_wildcard() const noexcept;  // one at most
  bool operator==(const selector&) const = default;
};

struct json_condition {
  selector where;
  std::variant<comparison, state_test> test;
  bool operator==(const json_condition&) const = default;
};

enum class node_kind : std::uint8_t { leaf, all_of, any_of };

// A tree of && and || over conditions.
template <class Leaf>
struct condition_node {
  node_kind kind = node_kind::leaf;
  Leaf leaf;                          // of a leaf
  std::vector<condition_node> parts;  // of all_of and any_of: two or more, in the pattern's order
  pattern_offset at;
  bool operator==(const condition_node&) const = default;
};

// --- The five kinds -----------------------------------------------------------------------------

// The empty pattern, or nothing but blanks.
struct match_all_pattern {
  bool operator==(const match_all_pattern&) const = default;
};

// `ERROR`, `?ERROR`, `-ERROR`. An optional term counts only where every term is optional: then one
// of them has to occur; beside any other it is ignored.
enum class term_role : std::uint8_t { required, optional, excluded };

struct term {
  term_role role = term_role::required;
  std::string text;  // never empty
  pattern_offset at;
  bool operator==(const term&) const = default;
};

struct term_pattern {
  std::vector<term> terms;  // one or more
  [[nodiscard]] bool all_optional() const noexcept;
  bool operator==(const term_pattern&) const = default;
};

// `{ ... }`
struct json_pattern {
  condition_node<json_condition> condition;
  bool operator==(const json_pattern&) const = default;
};

// `[a, b = 4*, ..., c]`: one field for each part of the event, told apart by blanks.
enum class field_kind : std::uint8_t { named, unnamed, ellipsis };

struct field {
  field_kind kind = field_kind::unnamed;
  std::string name;                                     // of a named field; no two are the same
  std::optional<condition_node<comparison>> condition;  // of a named field
  pattern_offset at;
  bool operator==(const field&) const = default;
};

struct field_pattern {
  std::vector<field> fields;  // none: `[]`, every event; one ellipsis at most
  bool operator==(const field_pattern&) const = default;
};

// `%...%` alone
struct regex_pattern {
  regex_literal regex;
  bool operator==(const regex_pattern&) const = default;
};

// In the order of filter_syntax's alternatives.
enum class pattern_kind : std::uint8_t { match_all, terms, json, space_delimited, regex };

struct filter_syntax {
  std::variant<match_all_pattern, term_pattern, json_pattern, field_pattern, regex_pattern> pattern;
  [[nodiscard]] pattern_kind kind() const noexcept {
    return static_cast<pattern_kind>(pattern.index());
  }
  bool operator==(const filter_syntax&) const = default;
};

// --- Back to text -------------------------------------------------------------------------------
// Each gives a pattern, or a part of one, that parses to an equal tree. It may be longer than the
// original: text is always quoted, and a nested && or || always bracketed.

[[nodiscard]] std::string to_text(const filter_syntax& syntax);
[[nodiscard]] std::string to_text(const selector& where);
[[nodiscard]] std::string to_text(const literal& value);
[[nodiscard]] std::string to_text(const json_condition& condition);
[[nodiscard]] std::string to_text(const field& part);
[[nodiscard]] std::string to_text(const term& part);
[[nodiscard]] std::string_view to_text(comparison_operator op) noexcept;
[[nodiscard]] std::string_view to_text(pattern_kind kind) noexcept;  // in words, for a reader

}  // namespace trailbell::detect
