// The command line before CLI11 sees it. CLI11 2.1 takes a path like "[a,b]" for two, and lets
// `--x=` swallow the next word. Here an option takes exactly one value, verbatim.
#pragma once

#include <set>
#include <string>
#include <vector>

namespace trailbell::app {

// Options with their dashes, such as "--pattern".
struct option_names {
  std::set<std::string> with_value;
  std::set<std::string> may_be_empty;  // of those: where the empty text is a value
};

// The words in the form that CLI11 reads right, last first, as its parse() of a vector wants them.
// Throws std::invalid_argument where an option has an empty value that it may not have.
[[nodiscard]] std::vector<std::string> prepare_words(const std::vector<std::string>& words,
                                                     const option_names& options);

// A path as it was given: prepare_words() marks those that CLI11 would not leave alone.
[[nodiscard]] std::string kept_word(std::string word);

}  // namespace trailbell::app
