// The command line before CLI11 sees it. CLI11 2.1 splits a value like "[a,b]", and lets `--x=`
// swallow the next word. Here an option takes exactly one value, verbatim.
#pragma once

#include <string>
#include <vector>

namespace trailbell::app {

// The words in the form that CLI11 reads right, last first, as its parse() of a vector wants them.
[[nodiscard]] std::vector<std::string> prepare_words(const std::vector<std::string>& words);

}  // namespace trailbell::app
