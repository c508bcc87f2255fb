// filter_oracle: a second, slow evaluation of filter patterns, from their syntax tree and a JSON
// library's tree. Written from the documentation; shares no code with the first one.
//
// Regular expressions and numbers that are not short decimals are outside what it decides.
#pragma once

#include <string>

#include "trailbell/detect/filter_syntax.hpp"

namespace trailbell::test {

[[nodiscard]] bool oracle_matches(const detect::filter_syntax& syntax, const std::string& event);

}  // namespace trailbell::test
