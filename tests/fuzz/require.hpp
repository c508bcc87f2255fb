// require: what a fuzz target demands of the code under test. Aborts, so that the fuzzer keeps the
// input.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

namespace trailbell::test {

inline void require(bool holds, const std::string& what) {
  if (!holds) {
    std::fprintf(stderr, "fuzz: %s\n", what.c_str());
    std::abort();
  }
}

}  // namespace trailbell::test
