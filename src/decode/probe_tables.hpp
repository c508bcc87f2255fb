// Sets of bytes as 16-byte tables: a byte is in the set where the table, looked up by its low four
// bits, holds the byte itself. One shuffle and one compare a vector.
//
// Included by translation units of different instruction sets, like scan_kernel_body.hpp.
#pragma once

#include "decode/scan_kernel.hpp"

namespace trailbell::decode {
namespace {

// A byte is looked up by its low four bits; it belongs to the set where the table holds itself. So
// a set can hold at most one byte for each value of those bits. Pairs of unrelated members are let
// through as well: the confirmation sorts them out.
struct probe_tables {
  char near[16];   // at the place itself: the probe's first bytes, 'I' and the backslash
  char there[16];  // three bytes behind it: the probe's fourth bytes, 'i' and '0'
};

inline bool add_to_table(char (&table)[16], char c) noexcept {
  char& slot = table[static_cast<unsigned char>(c) & 0xfU];
  const bool free = slot == c || (static_cast<unsigned char>(slot) & 0x80U) != 0;
  slot = c;
  return free;
}

inline bool make_probe_tables(const literal_probe& probe, probe_tables& tables) noexcept {
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

// The same kind of table for the backslash and the newline.
inline constexpr char rare_table[16] = {'\x81', '\x80', '\x83', '\x82', '\x85', '\x84',
                                        '\x87', '\x86', '\x89', '\x88', '\n',   '\x8a',
                                        '\\',   '\x8c', '\x8f', '\x8e'};

// The request's probe, or none where its bytes do not fit the tables: then all records are parsed.
inline probe_tables tables_for(scan_request& request) noexcept {
  probe_tables tables;
  if (!make_probe_tables(request.probe, tables)) {
    request.probe = literal_probe{};
    make_probe_tables(request.probe, tables);
  }
  return tables;
}

}  // namespace
}  // namespace trailbell::decode
