// journal: what a person is told on stderr, around a progress line that may stand there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace trailbell::app {

class journal {
 public:
  // One line, after `trailbell: `. Escaped for a terminal.
  void say(std::string_view line);
  // A loss; the first few of each object are written, the rest are counted.
  void lose(const std::string& path, std::string_view what);
  void end_object();

  void show_progress(const std::string& line);
  void clear_progress();

 private:
  std::string path_;
  std::uint64_t said_ = 0;
  bool progress_shown_ = false;
};

}  // namespace trailbell::app
