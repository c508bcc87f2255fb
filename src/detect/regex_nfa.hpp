// The service's regular expressions as Thompson's automaton. The dialect has no groups, so an
// expression is alternatives of sequences of repeated sets, and needs no tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "detect/text_automaton.hpp"

namespace trailbell::detect {

enum class nfa_kind : std::uint8_t { set, split, begin_of_text, end_of_text, match };

struct nfa_state {
  nfa_kind what = nfa_kind::match;
  code_set set;
  std::size_t next = 0;
  std::size_t other = 0;  // of a split
};

// States, the first of which is the start; none where there would be more than
// limits::automaton_states_max. `source` passed check_regex().
[[nodiscard]] std::vector<nfa_state> compile_nfa(std::string_view source);

}  // namespace trailbell::detect
