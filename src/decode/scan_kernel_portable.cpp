// Eight bytes at a time in a plain 64-bit register: for CPUs without AVX2, and to test the others.
#include "decode/scan_kernel_body.hpp"

namespace trailbell::decode {
namespace {

constexpr std::uint64_t low_bits = 0x0101010101010101ULL;
constexpr std::uint64_t high_bits = 0x8080808080808080ULL;

// Bit i is set where byte i of `word` equals `c`. Exact: no carry crosses a byte.
std::uint64_t equal(std::uint64_t word, char c) noexcept {
  const std::uint64_t x = word ^ (low_bits * static_cast<unsigned char>(c));
  const std::uint64_t zero = ~(((x & ~high_bits) + ~high_bits) | x | ~high_bits);
  return ((zero >> 7U) * 0x0102040810204080ULL) >> 56U;
}

std::uint64_t little_word_at(const char* p) noexcept {
  std::uint64_t word = word_at(p);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  word = __builtin_bswap64(word);
#endif
  return word;
}

class set_probe {
 public:
  using tables = set_tables;
  explicit set_probe(const tables& t) noexcept : tables_{t} {}

  std::uint64_t places(std::uint64_t here, std::uint64_t there) const noexcept {
    return in_set(here, tables_.near) & in_set(there, tables_.there);
  }

 private:
  // The sets have few members; empty slots of the tables hold no 7-bit byte.
  static std::uint64_t in_set(std::uint64_t word, const char (&table)[16]) noexcept {
    std::uint64_t found = 0;
    for (const char c : table) {
      if ((static_cast<unsigned char>(c) & 0x80U) == 0) {
        found |= equal(word, c);
      }
    }
    return found;
  }

  tables tables_;
};

class pair_probe {
 public:
  using tables = pair_tables;
  explicit pair_probe(const tables& t) noexcept : tables_{t} {}

  std::uint64_t places(std::uint64_t here, std::uint64_t there) const noexcept {
    std::uint64_t found = 0;
    for (unsigned i = 0; i < tables_.count; ++i) {
      found |= equal(here, tables_.pairs[i].near) & equal(there, tables_.pairs[i].there);
    }
    return found;
  }

 private:
  tables tables_;
};

template <class Probe>
class portable_isa {
 public:
  using tables = typename Probe::tables;
  explicit portable_isa(const tables& t) noexcept : probe_{t} {}

  masks load(const char* p) const noexcept {
    masks m{};
    for (unsigned at = 0; at < block_bytes; at += 8) {
      const std::uint64_t here = little_word_at(p + at);
      const std::uint64_t there = little_word_at(p + at + probe_reach);
      m.backslash |= equal(here, '\\') << at;
      m.quote |= equal(here, '"') << at;
      m.open |= equal(here, '{') << at;
      m.close |= equal(here, '}') << at;
      m.newline |= equal(here, '\n') << at;
      m.probe |= probe_.places(here, there) << at;
    }
    return m;
  }

  common_masks load_common(const char* p) const noexcept {
    const masks m = load(p);
    return {m.quote, m.open, m.close, (m.backslash | m.newline | m.probe) != 0};
  }

  bool quiet(const char*) const noexcept { return false; }  // no cheaper than the masks

  static std::uint64_t prefix_xor(std::uint64_t bits) noexcept {
    for (unsigned shift = 1; shift < 64; shift *= 2) {
      bits ^= bits << shift;
    }
    return bits;
  }

 private:
  Probe probe_;
};

using by_sets = portable_isa<set_probe>;
using by_pairs = portable_isa<pair_probe>;

bool supported() noexcept {
  return true;
}

}  // namespace

const scan_kernel portable_kernel{"portable", supported, elements_of<by_sets, by_pairs>,
                                  lines_of<by_sets, by_pairs>};

}  // namespace trailbell::decode
