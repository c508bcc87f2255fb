#include "trailbell/base/ensure.hpp"

#include <cstdio>
#include <cstdlib>

namespace trailbell {

void ensure_failed(const char* what, std::source_location where) noexcept {
  std::fprintf(stderr, "trailbell: internal error: %s (%s:%u)\n", what, where.file_name(),
               static_cast<unsigned>(where.line()));
  std::abort();
}

}  // namespace trailbell
