#include "app/journal.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::app {

void journal::say(std::string_view line) {
  clear_progress();
  std::string text = "trailbell: ";
  append_printable(line, text);
  text.push_back('\n');
  std::fputs(text.c_str(), stderr);
}

void journal::lose(const std::string& path, std::string_view what) {
  if (path != path_) {
    end_object();
    path_ = path;
  }
  if (said_++ < limits::messages_per_object_max) {
    say(fmt::format("{}: {}", path, what));
  }
}

void journal::end_object() {
  if (said_ > limits::messages_per_object_max) {
    say(fmt::format("{}: and {} more like these", path_, said_ - limits::messages_per_object_max));
  }
  said_ = 0;
  path_.clear();
}

void journal::show_progress(const std::string& line) {
  fmt::print(stderr, "\r\x1b[K{}", line);
  std::fflush(stderr);
  progress_shown_ = true;
}

void journal::clear_progress() {
  if (progress_shown_) {
    std::fputs("\r\x1b[K", stderr);
    progress_shown_ = false;
  }
}

}  // namespace trailbell::app
