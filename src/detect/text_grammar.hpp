// text_grammar: the compact JSON texts of the records of a shape, as an automaton.
//
// Exact where the shape is: every member in the reference's order, or left out. What is inside an
// open object is not regular, so there are two grammars. `wide` knows which of its tokens may
// follow which, and not what is open: what no text of it fulfils, no record does. `narrow` has
// objects and arrays nested a few deep, and in one open object only: every text of it is a record.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/sample_value.hpp"
#include "detect/text_automaton.hpp"
#include "trailbell/detect/record_shape.hpp"

namespace trailbell::detect {

enum class grammar_width { narrow, wide };

// What is known of a top-level member.
struct member_choice {
  std::string_view name;
  const sample_value* value;  // that it has; null: it is absent
};

class text_grammar {
 public:
  // Members that are not in `chosen` are free.
  text_grammar(const record_shape& record, std::span<const member_choice> chosen,
               grammar_width width);

  // The shortest text that fulfils the wishes; nothing where there is none, or effort ran out.
  [[nodiscard]] std::optional<std::string> shortest(std::span<const language_wish> wishes,
                                                    effort& left) const;

 private:
  using state = std::size_t;
  struct edge {
    char32_t first;
    char32_t last;
    state to;
  };
  struct node {
    std::vector<edge> edges;
    std::vector<state> free;  // without a code point
  };

  using moves = std::vector<std::pair<std::size_t, state>>;  // letter, to
  struct letters {
    std::vector<std::pair<char32_t, std::size_t>> by_code_point;
    std::vector<std::size_t> sorts;  // of each letter: the same where the wishes see no difference
  };

  [[nodiscard]] moves moves_from(state at, const letters& of) const;
  state add();
  void link(state from, char32_t first, char32_t last, state to);
  void join(state from, state to) { nodes_[from].free.push_back(to); }
  // Each leads on from a state, and gives the state behind what it read.
  state literal(state from, std::string_view text);
  state text(state from);
  state any_value(state from, int depth);
  state list(state from, int depth, bool object);
  state value(state from, const record_shape& shape);
  state open_object(state from, bool nested);
  state closed_object(state from, const record_shape& shape);
  state array(state from, const record_shape& element);
  state root(state from, const record_shape& record, std::span<const member_choice> chosen);

  grammar_width width_;
  std::vector<node> nodes_;
  std::set<code_range> ranges_;  // of all edges
  state end_ = 0;
};

}  // namespace trailbell::detect
