#include "app/version.hpp"

#include <fmt/format.h>

#include "trailbell/decode/decoder.hpp"

namespace trailbell::app {

std::string version_text() {
  return fmt::format("{} ({}, simd {})", TRAILBELL_VERSION, TRAILBELL_COMMIT, decode::simd_name());
}

std::string version_number() {
  return TRAILBELL_VERSION;
}

std::string version_commit() {
  return TRAILBELL_COMMIT;
}

}  // namespace trailbell::app
