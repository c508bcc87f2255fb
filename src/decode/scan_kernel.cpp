#include "decode/scan_kernel.hpp"

#include <array>
#include <cstdlib>
#include <string_view>

namespace trailbell::decode {
namespace {

const scan_kernel& choose() noexcept {
#if defined(__x86_64__)
  const std::array<const scan_kernel*, 3> best_first{&avx512_kernel, &avx2_kernel,
                                                     &portable_kernel};
#else
  const std::array<const scan_kernel*, 1> best_first{&portable_kernel};
#endif
  const char* const wish = std::getenv("TRAILBELL_SIMD");
  for (const scan_kernel* kernel : best_first) {
    if (wish != nullptr && std::string_view{wish} == kernel->name && kernel->supported()) {
      return *kernel;
    }
  }
  for (const scan_kernel* kernel : best_first) {
    if (kernel->supported()) {
      return *kernel;
    }
  }
  return portable_kernel;
}

}  // namespace

const scan_kernel& active_kernel() noexcept {
  static const scan_kernel& chosen = choose();
  return chosen;
}

}  // namespace trailbell::decode
