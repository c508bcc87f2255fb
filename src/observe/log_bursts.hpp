// log_bursts: which messages of a kind are written, and which are only counted. Pure.
//
// A kind has a window of a minute, which begins with a message. The first few in it are written,
// further ones held back, and said at its end by one line. The window after that writes none by
// itself, until one passes in which nothing came.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/observe/service_log.hpp"

namespace trailbell::observe {

struct log_message {
  log_level level = log_level::info;
  std::string line;  // all but its time and level
};

struct held_back {
  log_message last;
  std::uint64_t count = 0;
  std::int64_t seconds = 0;
};

class log_bursts {
 public:
  static constexpr std::int64_t window_ns = 60'000'000'000;
  static constexpr std::uint64_t written_max = 5;
  static constexpr std::size_t kinds_max = 256;  // further ones share one window

  // True: it is to be written. Else it is held back: the caller gives it to hold().
  bool admit(std::string_view kind, std::int64_t now_ns);
  void hold(std::string_view kind, log_message message);

  // Of each kind whose window is over; at the end (`all`) of every kind.
  std::vector<held_back> take_due(std::int64_t now_ns, bool all = false);

 private:
  struct burst {
    std::int64_t begin_ns = 0;
    std::uint64_t written = 0, held = 0;
    bool flooded = false;  // the window before held some back
    log_message last = {};
  };
  using bursts = std::map<std::string, burst, std::less<>>;

  bursts::iterator find(std::string_view kind);

  bursts kinds_;
};

}  // namespace trailbell::observe
