// What a probe looks for as 16-byte tables, which one shuffle a vector looks up.
//
// By sets: a byte is in a set where the table, looked up by its low four bits, holds the byte
// itself. Two shuffles a place; a pair of unrelated members passes too, so this is for one pair or
// two of rare bytes. By pairs: a bit a pair, in four tables for the low and high bits of both bytes
// (the way of Hyperscan's Teddy); a place is one where some bit is in all four. Twice the work a
// byte, and few places to confirm.
//
// Included by translation units of different instruction sets, like scan_kernel_body.hpp.
#pragma once

#include "decode/scan_kernel.hpp"

namespace trailbell::decode {
namespace {

// A set can hold at most one byte for each value of the low four bits.
struct set_tables {
  char near[16];   // at the place itself: the probe's first bytes, 'I' and the backslash
  char there[16];  // three bytes behind it: the probe's fourth bytes, 'i' and '0'
};

inline bool add_to_table(char (&table)[16], char c) noexcept {
  char& slot = table[static_cast<unsigned char>(c) & 0xfU];
  const bool free = slot == c || (static_cast<unsigned char>(slot) & 0x80U) != 0;
  slot = c;
  return free;
}

inline bool make_tables(const literal_probe& probe, set_tables& tables) noexcept {
  for (unsigned i = 0; i < 16; ++i) {
    tables.near[i] = tables.there[i] = static_cast<char>(0x80U | (i ^ 1U));  // no byte finds itself
  }
  bool fits = add_to_table(tables.near, 'I') && add_to_table(tables.near, '\\') &&
              add_to_table(tables.there, 'i') && add_to_table(tables.there, '0');
  for (std::size_t i = 0; probe.confirm != nullptr && i < probe.pairs; ++i) {
    fits = fits && static_cast<unsigned char>(probe.firsts[i]) < 0x80 &&
           static_cast<unsigned char>(probe.fourths[i]) < 0x80 &&
           add_to_table(tables.near, probe.firsts[i]) &&
           add_to_table(tables.there, probe.fourths[i]);
  }
  return fits;
}

// Bit 0 is for the Insight mark, bit 1 for escapes; the probe's pairs share the others.
struct pair_tables {
  static constexpr unsigned bits = 8;
  static constexpr unsigned own_bits = 2;
  unsigned char near_low[16], near_high[16];    // at the place itself
  unsigned char there_low[16], there_high[16];  // three bytes behind it
  struct pair {
    char near, there;
  };
  pair pairs[own_bits + literal_probe::pairs_max];  // the same, for who has no shuffle
  unsigned count;
};

inline void add_pair(pair_tables& tables, char near, char there) noexcept {
  const unsigned i = tables.count++;
  tables.pairs[i] = {near, there};
  constexpr unsigned shared = pair_tables::bits - pair_tables::own_bits;
  const unsigned bit = i < pair_tables::bits ? i : pair_tables::own_bits + i % shared;
  const auto mask = static_cast<unsigned char>(1U << bit);
  tables.near_low[static_cast<unsigned char>(near) & 0xfU] |= mask;
  tables.near_high[static_cast<unsigned char>(near) >> 4U] |= mask;
  tables.there_low[static_cast<unsigned char>(there) & 0xfU] |= mask;
  tables.there_high[static_cast<unsigned char>(there) >> 4U] |= mask;
}

inline bool make_tables(const literal_probe& probe, pair_tables& tables) noexcept {
  tables = {};
  add_pair(tables, 'I', 'i');
  add_pair(tables, '\\', '0');
  bool fits = true;
  for (unsigned i = 0; probe.confirm != nullptr && i < probe.pairs; ++i) {
    fits = fits && static_cast<unsigned char>(probe.firsts[i]) < 0x80 &&
           static_cast<unsigned char>(probe.fourths[i]) < 0x80;
    add_pair(tables, probe.firsts[i], probe.fourths[i]);
  }
  return fits;
}

// A table as of set_tables for the backslash and the newline.
inline constexpr char rare_table[16] = {'\x81', '\x80', '\x83', '\x82', '\x85', '\x84',
                                        '\x87', '\x86', '\x89', '\x88', '\n',   '\x8a',
                                        '\\',   '\x8c', '\x8f', '\x8e'};

// The request's probe, or none where its bytes do not fit the tables: then all records are parsed.
template <class Tables>
Tables tables_for(scan_request& request) noexcept {
  Tables tables;
  if (!make_tables(request.probe, tables)) {
    request.probe = literal_probe{};
    make_tables(request.probe, tables);
  }
  return tables;
}

}  // namespace
}  // namespace trailbell::decode
