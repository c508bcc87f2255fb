// progress: one line on a terminal that says how far a replay is. Pure text; the caller writes it.
#pragma once

#include <cstdint>
#include <string>

namespace trailbell::observe {

struct progress_state {
  std::uint64_t bytes_done = 0;   // as stored
  std::uint64_t bytes_total = 0;  // 0: not known (a pipe, or still counting)
  std::uint64_t bytes_inflated = 0;
  std::uint64_t records = 0;
  std::uint64_t alerts = 0;
  double seconds = 0;
};

// Without a newline; at most `columns` wide.
[[nodiscard]] std::string progress_line(const progress_state& state, std::size_t columns);

}  // namespace trailbell::observe
