// Compiled with -mavx512f -mavx512bw -mpclmul -mbmi -mpopcnt; runs only where the CPU has them.
// Tests on other CPUs compile this very file against SIMDe, which spells the same intrinsics in
// plain C (TRAILBELL_EMULATE_AVX512).
#if defined(TRAILBELL_EMULATE_AVX512)
#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>
#include <simde/x86/clmul.h>
#else
#include <immintrin.h>
#endif

#include "decode/scan_kernel_body.hpp"

namespace trailbell::decode {
namespace {

template <class Byte>
__m512i four_times(const Byte (&table)[16]) noexcept {
  const __m128i once = _mm_loadu_si128(reinterpret_cast<const __m128i*>(&table[0]));
  return _mm512_maskz_broadcast_i32x4(0xffff, once);  // GCC 12 warns inside the plain one
}

std::uint64_t in_set(__m512i bytes, __m512i table) noexcept {
  return _mm512_cmpeq_epi8_mask(bytes, _mm512_shuffle_epi8(table, bytes));
}

class set_probe {
 public:
  using tables = set_tables;
  explicit set_probe(const tables& t) noexcept
      : near_{four_times(t.near)}, there_{four_times(t.there)} {}

  std::uint64_t places(__m512i here, __m512i there) const noexcept {
    return in_set(here, near_) & in_set(there, there_);
  }

 private:
  __m512i near_, there_;
};

class pair_probe {
 public:
  using tables = pair_tables;
  explicit pair_probe(const tables& t) noexcept
      : near_low_{four_times(t.near_low)},
        near_high_{four_times(t.near_high)},
        there_low_{four_times(t.there_low)},
        there_high_{four_times(t.there_high)} {}

  std::uint64_t places(__m512i here, __m512i there) const noexcept {
    return _mm512_test_epi8_mask(bits(here, near_low_, near_high_),
                                 bits(there, there_low_, there_high_));
  }

 private:
  // None for a byte over 0x7f: the first shuffle gives zero.
  static __m512i bits(__m512i bytes, __m512i low, __m512i high) noexcept {
    const __m512i upper = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), _mm512_set1_epi8('\x0f'));
    return _mm512_and_si512(_mm512_shuffle_epi8(low, bytes), _mm512_shuffle_epi8(high, upper));
  }

  __m512i near_low_, near_high_, there_low_, there_high_;
};

template <class Probe>
class avx512_isa {
 public:
  using tables = typename Probe::tables;
  explicit avx512_isa(const tables& t) noexcept : probe_{t} {}

  masks load(const char* p) const noexcept {
    const __m512i here = _mm512_loadu_si512(p);
    const __m512i there = _mm512_loadu_si512(p + probe_reach);
    return {equal(here, '\\'), equal(here, '"'),  equal(here, '{'),
            equal(here, '}'),  equal(here, '\n'), probe_.places(here, there)};
  }

  common_masks load_common(const char* p) const noexcept {
    const __m512i here = _mm512_loadu_si512(p);
    const __m512i there = _mm512_loadu_si512(p + probe_reach);
    const std::uint64_t probe = probe_.places(here, there);
    return {equal(here, '"'), apart(equal(here, '{')), apart(equal(here, '}')),
            (probe | in_set(here, rare_)) != 0};
  }

  bool quiet(const char* p) const noexcept {
    std::uint64_t any = 0;
    for (std::size_t at = 0; at < quiet_bytes; at += 64) {
      const __m512i here = _mm512_loadu_si512(p + at);
      const __m512i there = _mm512_loadu_si512(p + at + probe_reach);
      any |= probe_.places(here, there) | equal(here, '\n');
    }
    return any == 0;
  }

  static std::uint64_t prefix_xor(std::uint64_t bits) noexcept {
    const __m128i all = _mm_set1_epi8('\xff');
    const __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<long long>(bits)), all, 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
  }

 private:
  static std::uint64_t equal(__m512i bytes, char c) noexcept {
    return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c));
  }

  // Keeps the compiler from making the comparison wait for the mask that it will be combined with:
  // the string mask is the end of a long chain.
  static std::uint64_t apart(std::uint64_t mask) noexcept {
    __asm__("" : "+r"(mask));
    return mask;
  }

  __m512i rare_ = four_times(rare_table);
  Probe probe_;
};

using by_sets = avx512_isa<set_probe>;
using by_pairs = avx512_isa<pair_probe>;

#if defined(TRAILBELL_EMULATE_AVX512)
bool supported() noexcept {
  return true;
}
#else
bool supported() noexcept {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("pclmul") != 0;
}
#endif

}  // namespace

#if defined(TRAILBELL_EMULATE_AVX512)
extern const scan_kernel emulated_avx512_kernel;
const scan_kernel emulated_avx512_kernel{
    "avx512 (emulated)", supported, elements_of<by_sets, by_pairs>, lines_of<by_sets, by_pairs>};
#else
const scan_kernel avx512_kernel{"avx512", supported, elements_of<by_sets, by_pairs>,
                                lines_of<by_sets, by_pairs>};
#endif

}  // namespace trailbell::decode
