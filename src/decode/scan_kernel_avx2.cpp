// Compiled with -mavx2 -mpclmul -mbmi -mpopcnt; runs only where the CPU has them.
#include <immintrin.h>

#include "decode/scan_kernel_body.hpp"

namespace trailbell::decode {
namespace {

// Both 128-bit halves look up in a table of their own: the same one.
template <class Byte>
__m256i twice(const Byte (&table)[16]) noexcept {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(&table[0])));
}

__m256i in_set(__m256i bytes, __m256i table) noexcept {
  return _mm256_cmpeq_epi8(bytes, _mm256_shuffle_epi8(table, bytes));
}

class set_probe {
 public:
  using tables = set_tables;
  explicit set_probe(const tables& t) noexcept : near_{twice(t.near)}, there_{twice(t.there)} {}

  __m256i places(__m256i here, __m256i there) const noexcept {
    return _mm256_and_si256(in_set(here, near_), in_set(there, there_));
  }

 private:
  __m256i near_, there_;
};

class pair_probe {
 public:
  using tables = pair_tables;
  explicit pair_probe(const tables& t) noexcept
      : near_low_{twice(t.near_low)},
        near_high_{twice(t.near_high)},
        there_low_{twice(t.there_low)},
        there_high_{twice(t.there_high)} {}

  __m256i places(__m256i here, __m256i there) const noexcept {
    const __m256i both =
        _mm256_and_si256(bits(here, near_low_, near_high_), bits(there, there_low_, there_high_));
    const __m256i none = _mm256_cmpeq_epi8(both, _mm256_setzero_si256());
    return _mm256_xor_si256(none, _mm256_set1_epi8('\xff'));
  }

 private:
  // None for a byte over 0x7f: the first shuffle gives zero.
  static __m256i bits(__m256i bytes, __m256i low, __m256i high) noexcept {
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8('\x0f'));
    return _mm256_and_si256(_mm256_shuffle_epi8(low, bytes), _mm256_shuffle_epi8(high, upper));
  }

  __m256i near_low_, near_high_, there_low_, there_high_;
};

template <class Probe>
class avx2_isa {
 public:
  using tables = typename Probe::tables;
  explicit avx2_isa(const tables& t) noexcept : probe_{t} {}

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
      const __m256i probe = probe_.places(here, there);
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
    const __m256i probe = probe_.places(here, there);
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
    const __m256i probe = probe_.places(here, there);
    return {equal(here, '\\'), equal(here, '"'),  equal(here, '{'),
            equal(here, '}'),  equal(here, '\n'), probe};
  }

  __m256i rare_ = twice(rare_table);
  Probe probe_;
};

using by_sets = avx2_isa<set_probe>;
using by_pairs = avx2_isa<pair_probe>;

bool supported() noexcept {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("pclmul") != 0 &&
         __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("popcnt") != 0;
}

}  // namespace

const scan_kernel avx2_kernel{"avx2", supported, elements_of<by_sets, by_pairs>,
                              lines_of<by_sets, by_pairs>};

}  // namespace trailbell::decode
