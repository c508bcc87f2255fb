// Patterns and events in the tests of filter patterns.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/filter_pattern.hpp"

namespace trailbell::detect {

inline filter_pattern parsed(std::string_view pattern) {
  const result<filter_pattern, pattern_error> outcome = filter_pattern::parse(pattern);
  EXPECT_TRUE(outcome) << pattern << ": " << (outcome ? "" : outcome.failure().message());
  return outcome ? outcome.value() : filter_pattern::parse("").value();
}

inline bool matches(const filter_pattern& pattern, std::string_view event) {
  decode::json_reader reader;
  json_tree tree;
  const bool json = reader.read(event, tree);
  return pattern.matches({event, json ? &tree : nullptr});
}

inline bool matches(std::string_view pattern, std::string_view event) {
  return matches(parsed(pattern), event);
}

// The message of a pattern that is rejected; empty where it is not.
inline std::string rejection(std::string_view pattern) {
  const result<filter_pattern, pattern_error> outcome = filter_pattern::parse(pattern);
  return outcome ? "" : outcome.failure().message();
}

}  // namespace trailbell::detect
