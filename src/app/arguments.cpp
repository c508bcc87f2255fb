#include "app/arguments.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>

namespace trailbell::app {

std::vector<std::string> prepare_words(const std::vector<std::string>& words) {
  std::vector<std::string> prepared;
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    if (word.starts_with("--") && equals == word.size() - 1) {
      throw std::invalid_argument{word + " needs a value"};
    }
    const bool bracketed = word.starts_with('[') && word.ends_with(']');
    prepared.push_back(bracketed ? "./" + word : word);  // a path; CLI11 would split it
  }
  std::reverse(prepared.begin(), prepared.end());
  return prepared;
}

}  // namespace trailbell::app
