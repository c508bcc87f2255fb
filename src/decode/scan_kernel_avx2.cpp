// Compiled with -mavx2 -mpclmul -mbmi -mpopcnt; runs only where the CPU has them.
#include <immintrin.h>

#include "decode/scan_kernel_body.hpp"

namespace trailbell::decode {
namespace {

class avx2_isa {
 public:
  explicit avx2_isa(const literal_probe& probe) noexcept
      : first_{_mm256_set1_epi8(probe.first)}, fourth_{_mm256_set1_epi8(probe.fourth)} {}

  masks load(const char* p) const noexcept {
    const half low = load_half(p);
    const half high = load_half(p + 32);
    return {join(low.backslash, high.backslash), join(low.quote, high.quote),
            join(low.open, high.open),           join(low.close, high.close),
            join(low.newline, high.newline),     join(low.probe, high.probe)};
  }

  static std::uint64_t prefix_xor(std::uint64_t bits) noexcept {
    const __m128i all = _mm_set1_epi8('\xff');
    const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), all, 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
  }

 private:
  struct half {
    __m256i backslash, quote, open, close, newline, probe;
  };

  static __m256i equal(__m256i bytes, char c) noexcept {
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c));
  }

  static std::uint64_t join(__m256i low, __m256i high) noexcept {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32U;
  }

  half load_half(const char* p) const noexcept {
    const __m256i here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
    const __m256i there = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + probe_reach));
    const __m256i backslash = equal(here, '\\');
    const __m256i rule = _mm256_and_si256(_mm256_cmpeq_epi8(here, first_), _mm256_cmpeq_epi8(there, fourth_));
    const __m256i insight = _mm256_and_si256(equal(here, 'I'), equal(there, 'i'));
    const __m256i escape = _mm256_and_si256(backslash, equal(there, '0'));
    return {backslash,        equal(here, '"'),  equal(here, '{'),
            equal(here, '}'), equal(here, '\n'), _mm256_or_si256(rule, _mm256_or_si256(insight, escape))};
  }

  __m256i first_;
  __m256i fourth_;
};

bool supported() noexcept {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("pclmul") != 0 &&
         __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("popcnt") != 0;
}

}  // namespace

const scan_kernel avx2_kernel{"avx2", supported, scan_elements<avx2_isa>, scan_lines<avx2_isa>};

}  // namespace trailbell::decode
