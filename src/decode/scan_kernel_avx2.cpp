// Compiled with -mavx2 -mpclmul -mbmi -mpopcnt; runs only where the CPU has them.
#include <immintrin.h>

#include "decode/scan_kernel_body.hpp"

namespace trailbell::decode {
namespace {

class avx2_isa {
 public:
  explicit avx2_isa(const probe_tables& tables) noexcept
      : near_{twice(tables.near)}, there_{twice(tables.there)} {}

  masks load(const char* p) const noexcept {
    const half low = load_half(p);
    const half high = load_half(p + 32);
    return {join(low.backslash, high.backslash), join(low.quote, high.quote),
            join(low.open, high.open),           join(low.close, high.close),
            join(low.newline, high.newline),     join(low.probe, high.probe)};
  }

  common_masks load_common(const char* p) const noexcept {
    const common_half low = load_common_half(p);
    const common_half high = load_common_half(p + 32);
    const __m256i rare = _mm256_or_si256(low.rare, high.rare);
    return {join(low.quote, high.quote), join(low.open, high.open), join(low.close, high.close),
            _mm256_testz_si256(rare, rare) == 0};
  }

  bool quiet(const char* p) const noexcept {
    __m256i any = _mm256_setzero_si256();
    for (std::size_t at = 0; at < quiet_bytes; at += 32) {
      const __m256i here = load_bytes(p + at);
      const __m256i there = load_bytes(p + at + probe_reach);
      const __m256i probe = _mm256_and_si256(in_set(here, near_), in_set(there, there_));
      any = _mm256_or_si256(any, _mm256_or_si256(probe, equal(here, '\n')));
    }
    return _mm256_testz_si256(any, any) != 0;
  }

  static std::uint64_t prefix_xor(std::uint64_t bits) noexcept {
    const __m128i all = _mm_set1_epi8('\xff');
    const __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), all, 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
  }

 private:
  struct half {
    __m256i backslash, quote, open, close, newline, probe;
  };

  struct common_half {
    __m256i quote, open, close, rare;
  };

  static __m256i load_bytes(const char* p) noexcept {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }

  common_half load_common_half(const char* p) const noexcept {
    const __m256i here = load_bytes(p);
    const __m256i there = load_bytes(p + probe_reach);
    const __m256i probe = _mm256_and_si256(in_set(here, near_), in_set(there, there_));
    return {equal(here, '"'), equal(here, '{'), equal(here, '}'),
            _mm256_or_si256(probe, in_set(here, rare_))};
  }

  static __m256i equal(__m256i bytes, char c) noexcept {
    return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c));
  }

  static std::uint64_t join(__m256i low, __m256i high) noexcept {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32U;
  }

  half load_half(const char* p) const noexcept {
    const __m256i here = load_bytes(p);
    const __m256i there = load_bytes(p + probe_reach);
    const __m256i probe = _mm256_and_si256(in_set(here, near_), in_set(there, there_));
    return {equal(here, '\\'), equal(here, '"'),  equal(here, '{'),
            equal(here, '}'),  equal(here, '\n'), probe};
  }

  // Both 128-bit halves look up in a table of their own: the same one.
  static __m256i twice(const char (&table)[16]) noexcept {
    return _mm256_broadcastsi128_si256(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(&table[0])));
  }

  static __m256i in_set(__m256i bytes, __m256i table) noexcept {
    return _mm256_cmpeq_epi8(bytes, _mm256_shuffle_epi8(table, bytes));
  }

  __m256i rare_ = twice(rare_table);
  __m256i near_;
  __m256i there_;
};

bool supported() noexcept {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("pclmul") != 0 &&
         __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("popcnt") != 0;
}

}  // namespace

const scan_kernel avx2_kernel{"avx2", supported, scan_elements<avx2_isa>, scan_lines<avx2_isa>};

}  // namespace trailbell::decode
