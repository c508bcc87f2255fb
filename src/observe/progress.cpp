#include "trailbell/observe/progress.hpp"

#include <fmt/format.h>

#include <cmath>

#include "trailbell/observe/replay_summary.hpp"

namespace trailbell::observe {
namespace {

std::string remaining_time(const progress_state& s) {
  if (s.bytes_total == 0 || s.bytes_done == 0 || s.seconds < 0.5) {
    return "ETA --:--";
  }
  const double left = s.bytes_done >= s.bytes_total
                          ? 0
                          : s.seconds * double(s.bytes_total - s.bytes_done) / double(s.bytes_done);
  const auto seconds = static_cast<std::uint64_t>(std::llround(left));
  return seconds >= 3600
             ? fmt::format("ETA {}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
             : fmt::format("ETA {:02}:{:02}", seconds / 60, seconds % 60);
}

}  // namespace

std::string progress_line(const progress_state& s, std::size_t columns) {
  const double rate = s.seconds > 0 ? 1 / s.seconds : 0;
  const std::string total = s.bytes_total > 0 ? " of " + human_bytes(double(s.bytes_total)) : "";
  const std::string share =
      s.bytes_total > 0
          ? fmt::format("{:3.0f}%  ", 100.0 * double(s.bytes_done) / double(s.bytes_total))
          : "";
  std::string line = fmt::format("{}{}{}  {}/s  {} records/s  {} alerts  {}", share,
                                 human_bytes(double(s.bytes_done)), total,
                                 human_bytes(double(s.bytes_inflated) * rate),
                                 human_count(static_cast<std::uint64_t>(double(s.records) * rate)),
                                 human_count(s.alerts), remaining_time(s));
  line.resize(std::min(line.size(), columns));
  return line;
}

}  // namespace trailbell::observe
