// The vectorised pass over raw text: counts records exactly and finds those worth parsing.
//
// Two scans share it. scan_elements() walks objects that stand one after another, in an array or
// bare, by string mask and brace depth. scan_lines() walks one record a line, by newlines alone.
// Both are pure: they read [data, data + size), never beyond, and keep no state between calls.
//
// The file is included by translation units of different instruction sets: nothing in it, nor in
// what it includes, may be an inline function that the linker could pick from the wrong one.
#pragma once

#include <cstddef>
#include <cstdint>

#include "trailbell/model/literal_probe.hpp"

namespace trailbell::decode {

// A record to parse: data[begin, end). `index` counts from 0 in this call.
struct candidate {
  std::size_t begin, end, index;
};

enum class scan_stop {
  window_end,         // more bytes are needed
  candidates_full,    // call again from `consumed`
  container_end,      // stands on the ']' behind the last element
  unexpected,         // something that this scan does not decide
  newline_in_string,  // no JSON: an element was cut, or a string is raw
};

struct scan_request {
  const char* data;  // elements: on the '{' of one; lines: at the start of a line
  std::size_t size;
  bool comma_separated;  // elements of an array; else white space separates them
  bool last;             // lines: the text ends with this window
  const char* prefix;    // bytes that each element or line must begin with, from its '{' on
  std::size_t prefix_size;
  literal_probe probe;
  candidate* candidates;
  std::size_t candidates_max;
  // Instead of a probe: places that make a record one to parse, ascending, counted from `hits_base`
  // bytes before `data`. Null: there are none, and the probe decides.
  const std::size_t* hits = nullptr;
  std::size_t hits_size = 0;
  std::size_t hits_base = 0;
};

struct scan_result {
  std::size_t consumed = 0;  // bytes dealt with
  std::size_t records = 0;   // elements or lines that ended in them
  std::size_t candidates = 0;
  std::size_t lines = 0;  // scan_lines: newlines passed
  scan_stop stop = scan_stop::window_end;
  bool after_element = false;  // elements: `consumed` is behind an element, not before one
};

struct scan_kernel {
  const char* name;  // "avx512", "avx2", "portable"
  bool (*supported)() noexcept;
  scan_result (*elements)(const scan_request&) noexcept;
  scan_result (*lines)(const scan_request&) noexcept;
};

extern const scan_kernel portable_kernel;
#if defined(__x86_64__)
extern const scan_kernel avx2_kernel;
extern const scan_kernel avx512_kernel;
#endif

// The best one that this CPU runs; TRAILBELL_SIMD=portable|avx2|avx512 in the environment overrides
// it where that one is supported. Decided once.
const scan_kernel& active_kernel() noexcept;

}  // namespace trailbell::decode
