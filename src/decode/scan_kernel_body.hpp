// THE SCAN, written once and compiled for each instruction set.
//
// The simple idea: a record ends where the brace that opened it closes, and braces inside strings
// do not count. Look at 64 bytes at a time, as bit masks. What makes it fast and exact:
//  1. Strings: every unescaped quote flips "inside a string"; the prefix xor of the quote bits is
//     the mask of string bytes (a carry-less multiply; Langdale and Lemire, "Parsing Gigabytes of
//     JSON per Second", VLDB J. 2019, section 3.1).
//  2. Depth: while the depth exceeds the closing braces of a block, no element can end in it: two
//     popcounts. Only the block that may end an element is walked bit by bit. Most blocks have none
//     of the rare bytes: one vector test tells.
//  3. After an element the scan restarts on the next '{' with no state at all. That rescans 32
//     bytes a record on average, and removes every case of an element that begins inside a block.
//  4. Candidates: two bytes, three apart, find the few places that a rule's literal, an Insight
//     mark or an escaped letter can stand at; plain code confirms them (probe_tables.hpp).
//  5. A newline inside a string means cut or raw text: the careful walker decides, not this one.
//
// `Isa` gives, over 64 bytes at p: `masks load(p)` and `common_masks load_common(p)`;
// `prefix_xor(bits)`; and over 128 bytes `bool quiet(p)`: they hold no newline and no pair of the
// probe. All read three bytes more.
#pragma once

#include "decode/probe_tables.hpp"
#include "decode/scan_hits.hpp"
#include "decode/scan_kernel.hpp"

namespace trailbell::decode {
namespace {

struct masks {
  std::uint64_t backslash, quote, open, close, newline, probe;
};

// What most blocks need. `rare`: the block holds a backslash, a newline or a pair of the probe, and
// has to be looked at in full.
struct common_masks {
  std::uint64_t quote, open, close;
  bool rare;
};

constexpr std::size_t block_bytes = 64;
constexpr std::size_t probe_reach = 3;
constexpr std::size_t quiet_bytes = 128;     // lines are long: most such stretches hold nothing
constexpr std::size_t fetched_ahead = 2048;  // across pages, where the CPU by itself does not

inline bool is_space(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

inline std::size_t skip_spaces(const char* data, std::size_t at, std::size_t size) noexcept {
  while (at < size && is_space(data[at])) {
    ++at;
  }
  return at;
}

inline std::uint64_t word_at(const char* p) noexcept {
  std::uint64_t word = 0;
  __builtin_memcpy(&word, p, sizeof word);
  return word;
}

// Inline, because a line's prefix is shorter than the call of a function.
inline bool same_bytes(const char* a, const char* b, std::size_t size) noexcept {
  if (size < sizeof(std::uint64_t)) {
    for (std::size_t i = 0; i < size; ++i) {
      if (a[i] != b[i]) {
        return false;
      }
    }
    return true;
  }
  const std::size_t last = size - sizeof(std::uint64_t);
  for (std::size_t i = 0; i < last; i += sizeof(std::uint64_t)) {
    if (word_at(a + i) != word_at(b + i)) {
      return false;
    }
  }
  return word_at(a + last) == word_at(b + last);
}

// "Insight" at the end of a string value: eventType AwsCloudTrailInsight or eventCategory Insight.
inline bool insight_at(const char* at, std::size_t after) noexcept {
  constexpr std::size_t length = 8;
  return after < length || same_bytes(at, "Insight\"", length);
}

// An escape that stands for an ASCII character could hide what a rule looks for: a letter of a name
// that the probe knows, any character of the texts that were looked for beforehand.
inline bool escape_at(const char* at, std::size_t after, bool any) noexcept {
  return after < 5 || (at[1] == 'u' && at[2] == '0' && at[3] == '0' && at[4] >= (any ? '2' : '4') &&
                       at[4] <= '7');
}

inline bool is_first(const literal_probe& probe, char c) noexcept {
  for (std::size_t i = 0; i < probe.pairs; ++i) {
    if (probe.firsts[i] == c) {
      return true;
    }
  }
  return false;
}

inline bool confirmed(const scan_request& request, std::size_t at) noexcept {
  const char* const p = request.data + at;
  const std::size_t after = request.size - at;
  if (*p == '\\' && escape_at(p, after, request.hits != nullptr || request.probe.any_escape)) {
    return true;
  }
  if (*p == 'I' && insight_at(p, after)) {
    return true;
  }
  return request.probe.confirm != nullptr && is_first(request.probe, *p) &&
         request.probe.confirm(request.probe.context, p, at, after);
}

inline bool any_confirmed(const scan_request& request, std::uint64_t hits,
                          std::size_t base) noexcept {
  for (; hits != 0; hits &= hits - 1) {
    if (confirmed(request, base + static_cast<std::size_t>(__builtin_ctzll(hits)))) {
      return true;
    }
  }
  return false;
}

// Bytes that a backslash escapes; `carry` tells whether the next block's first byte is one.
inline std::uint64_t escaped_bytes(std::uint64_t backslash, std::uint64_t& carry) noexcept {
  if (backslash == 0) {
    const std::uint64_t escaped = carry;
    carry = 0;
    return escaped;
  }
  constexpr std::uint64_t even = 0x5555555555555555ULL;
  backslash &= ~carry;
  const std::uint64_t follows = backslash << 1U | carry;
  const std::uint64_t odd_starts = backslash & ~even & ~follows;
  std::uint64_t runs = 0;
  carry =
      __builtin_uaddll_overflow(odd_starts, backslash, reinterpret_cast<unsigned long long*>(&runs))
          ? 1
          : 0;
  return (even ^ (runs << 1U)) & follows;
}

// Loads block `at`, reading only bytes that exist: the last ones by way of a zeroed copy.
template <class Isa>
inline masks load_block(const Isa& isa, const scan_request& request, std::size_t at) noexcept {
  if (at + block_bytes + probe_reach <= request.size) [[likely]] {
    return isa.load(request.data + at);
  }
  char tail[block_bytes + block_bytes] = {};
  __builtin_memcpy(tail, request.data + at,
                   request.size - at < sizeof tail ? request.size - at : sizeof tail);
  return isa.load(tail);
}

// Where in an element the scan is, and what it has seen of it.
struct element_scan {
  std::uint64_t depth = 0;
  std::uint64_t escape_carry = 0;
  std::uint64_t string_carry = 0;
  std::size_t end = 0;  // behind its closing brace; 0 while it is not closed
  bool flagged = false;
  bool newline_in_string = false;
};

// All ones where a string goes on behind the block, else zero.
inline std::uint64_t carried_string(std::uint64_t in_string) noexcept {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(in_string) >> 63U);
}

// The first position where the depth returns to zero, or 64.
inline unsigned closing_bit(std::uint64_t open, std::uint64_t close,
                            std::uint64_t& depth) noexcept {
  for (std::uint64_t braces = open | close; braces != 0; braces &= braces - 1) {
    const auto bit = static_cast<unsigned>(__builtin_ctzll(braces));
    depth += (open >> bit & 1U) != 0 ? 1 : std::uint64_t{0} - 1;
    if (depth == 0) {
      return bit;
    }
  }
  return 64;
}

// Counts a block's structural braces; returns the bytes of it that belong to the element.
inline std::uint64_t follow_depth(std::uint64_t open, std::uint64_t close, std::size_t at,
                                  element_scan& e) noexcept {
  const auto closes = static_cast<std::uint64_t>(__builtin_popcountll(close));
  if (e.depth > closes) [[likely]] {
    e.depth += static_cast<std::uint64_t>(__builtin_popcountll(open)) - closes;
  } else if (const unsigned bit = closing_bit(open, close, e.depth); bit < 64) {
    e.end = at + bit + 1;
    return ~std::uint64_t{0} >> (63 - bit);
  }
  return ~std::uint64_t{0};
}

// A block that holds a backslash, a newline or a place to confirm; or one at the end of the text.
// Out of line, so that the state of the loop below lives in registers.
template <class Isa>
[[gnu::noinline]] void scan_full_block(const Isa& isa, const scan_request& request, std::size_t at,
                                       element_scan& e) noexcept {
  const masks m = load_block(isa, request, at);
  const std::uint64_t quotes = m.quote & ~escaped_bytes(m.backslash, e.escape_carry);
  const std::uint64_t in_string = isa.prefix_xor(quotes) ^ e.string_carry;
  e.string_carry = carried_string(in_string);
  const std::uint64_t inside = follow_depth(m.open & ~in_string, m.close & ~in_string, at, e);
  e.newline_in_string = (m.newline & in_string & inside) != 0;
  if ((m.probe & inside) != 0 && !e.flagged) {
    e.flagged = any_confirmed(request, m.probe & inside, at);
  }
}

// The element that data[begin], a '{', opens.
template <class Isa>
inline element_scan scan_element(const Isa& isa, const scan_request& request,
                                 std::size_t begin) noexcept {
  element_scan e;
  e.flagged = takes_all(request);
  const char* const data = request.data;
  const std::size_t size = request.size;
  std::uint64_t depth = 1;
  std::uint64_t string_carry = 0;
  for (std::size_t at = begin + 1; at < size; at += block_bytes) {
    const bool whole = at + block_bytes + probe_reach <= size;
    const common_masks c = whole ? isa.load_common(data + at) : common_masks{0, 0, 0, true};
    if (!c.rare && e.escape_carry == 0) [[likely]] {
      const std::uint64_t in_string = isa.prefix_xor(c.quote) ^ string_carry;
      string_carry = carried_string(in_string);
      const std::uint64_t open = c.open & ~in_string;
      const std::uint64_t close = c.close & ~in_string;
      const auto closes = static_cast<std::uint64_t>(__builtin_popcountll(close));
      if (depth > closes) [[likely]] {
        depth += static_cast<std::uint64_t>(__builtin_popcountll(open)) - closes;
        continue;
      }
      e.depth = depth;
      follow_depth(open, close, at, e);
    } else {
      e.depth = depth;
      e.string_carry = string_carry;
      scan_full_block(isa, request, at, e);
      string_carry = e.string_carry;
    }
    depth = e.depth;
    if (e.end != 0 || e.newline_in_string) {
      return e;
    }
  }
  return e;
}

// What stands behind an element: the next element's '{' (stop unset), or why there is none.
struct lookahead {
  std::size_t at;
  bool next_element;
  scan_stop stop;
};

inline lookahead look_behind(const scan_request& request, std::size_t end) noexcept {
  std::size_t at = skip_spaces(request.data, end, request.size);
  if (request.comma_separated && at < request.size && request.data[at] == ',') {
    at = skip_spaces(request.data, at + 1, request.size);
  } else if (request.comma_separated && at < request.size) {
    return {at, false, request.data[at] == ']' ? scan_stop::container_end : scan_stop::unexpected};
  }
  if (at + request.prefix_size >= request.size) {
    return {end, false, scan_stop::window_end};
  }
  const bool fits =
      request.data[at] == '{' && same_bytes(request.data + at, request.prefix, request.prefix_size);
  return {fits ? at : end, fits, scan_stop::unexpected};
}

template <class Isa>
scan_result scan_elements(const scan_request& asked) noexcept {
  scan_request request = asked;
  const Isa isa{tables_for<typename Isa::tables>(request)};
  hit_cursor hits{request};
  scan_result result;
  while (result.candidates < request.candidates_max) {
    const std::size_t begin = result.consumed;
    const element_scan found = scan_element(isa, request, begin);
    if (found.end == 0 || found.newline_in_string) {
      result.after_element = false;
      result.stop = found.newline_in_string ? scan_stop::newline_in_string : scan_stop::window_end;
      return result;
    }
    if (hits.take_before(found.end) || found.flagged) {
      request.candidates[result.candidates++] = {begin, found.end, result.records};
    }
    ++result.records;
    const lookahead next = look_behind(request, found.end);
    result.consumed = next.at;
    if (!next.next_element) {
      result.after_element = true;
      result.stop = next.stop;
      return result;
    }
  }
  result.stop = scan_stop::candidates_full;
  return result;
}

// ---- one record a line -------------------------------------------------------------------------

// Counts the line data[begin, end) and says whether it was a record or blank, as this scan expects.
inline bool take_line(const scan_request& request, std::size_t end, bool flagged,
                      scan_result& result) noexcept {
  const std::size_t begin = result.consumed;
  std::size_t last = end;
  while (last > begin && is_space(request.data[last - 1])) {
    --last;
  }
  if (last != begin) {
    if (last - begin <= request.prefix_size || request.data[last - 1] != '}' ||
        !same_bytes(request.data + begin, request.prefix, request.prefix_size)) {
      return false;
    }
    if (flagged) {
      request.candidates[result.candidates++] = {begin, last, result.records};
    }
    ++result.records;
  }
  result.consumed = end < request.size ? end + 1 : end;
  result.lines += end < request.size ? 1 : 0;
  return true;
}

// The lines that end in one block. False: the scan stops, `result.stop` says why.
inline bool take_lines(const scan_request& request, const masks& m, std::size_t at,
                       hit_cursor& found, bool& flagged, scan_result& result) noexcept {
  const bool always = takes_all(request);
  std::uint64_t hits = m.probe;
  for (std::uint64_t newlines = m.newline; newlines != 0; newlines &= newlines - 1) {
    const auto bit = static_cast<unsigned>(__builtin_ctzll(newlines));
    const std::uint64_t before = (std::uint64_t{1} << bit) - 1;
    flagged = flagged || any_confirmed(request, hits & before, at);
    if (result.candidates == request.candidates_max) {
      result.stop = scan_stop::candidates_full;
      return false;
    }
    flagged = found.take_before(at + bit) || flagged;
    if (!take_line(request, at + bit, flagged, result)) {
      result.stop = scan_stop::unexpected;
      return false;
    }
    hits &= ~before;
    flagged = always;
  }
  flagged = flagged || any_confirmed(request, hits, at);
  return true;
}

template <class Isa>
scan_result scan_lines(const scan_request& asked) noexcept {
  scan_request request = asked;
  const Isa isa{tables_for<typename Isa::tables>(request)};
  scan_result result;
  hit_cursor hits{request};
  bool flagged = takes_all(request);
  std::size_t at = 0;
  while (at < request.size) {
    __builtin_prefetch(request.data + at + fetched_ahead);  // reads nothing: may lie behind the end
    __builtin_prefetch(request.data + at + fetched_ahead + block_bytes);
    if (at + quiet_bytes + probe_reach <= request.size && isa.quiet(request.data + at)) {
      at += quiet_bytes;
      continue;
    }
    const masks m = load_block(isa, request, at);
    at += block_bytes;
    if ((m.newline | m.probe) != 0 &&
        !take_lines(request, m, at - block_bytes, hits, flagged, result)) {
      return result;
    }
  }
  if (request.last && result.consumed < request.size) {
    if (result.candidates == request.candidates_max) {
      result.stop = scan_stop::candidates_full;
    } else if (!take_line(request, request.size, true, result)) {  // it may be cut: look at it
      result.stop = scan_stop::unexpected;
    }
  }
  return result;
}

// `ByPairs` and `BySets` are the same instructions with the two kinds of tables.
template <class BySets, class ByPairs>
scan_result elements_of(const scan_request& asked) noexcept {
  return asked.probe.by_pairs ? scan_elements<ByPairs>(asked) : scan_elements<BySets>(asked);
}

template <class BySets, class ByPairs>
scan_result lines_of(const scan_request& asked) noexcept {
  return asked.probe.by_pairs ? scan_lines<ByPairs>(asked) : scan_lines<BySets>(asked);
}

}  // namespace
}  // namespace trailbell::decode
