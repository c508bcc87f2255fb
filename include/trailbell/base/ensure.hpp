// ensure: an invariant that is checked in release builds too.
//
// A broken invariant is a bug of trailbell's, never of the input: the process says where and
// aborts.
#pragma once

#include <source_location>

namespace trailbell {

[[noreturn]] void ensure_failed(const char* what, std::source_location where) noexcept;

inline void ensure(bool holds, const char* what,
                   std::source_location where = std::source_location::current()) noexcept {
  if (!holds) [[unlikely]] {
    ensure_failed(what, where);
  }
}

}  // namespace trailbell
