// window_store: where what the windows of stateful rules hold outlives the process, for sources
// that do not give again what was acknowledged (files, S3).
//
// The file has a line with its version, then the size and a checksum of the rest. It is replaced as
// a whole: written beside, made durable, renamed. One that cannot be used is set aside under
// another name, so that nothing is destroyed.
//
// Thread-safety: load() comes first; save() is then called from one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::pipeline {

class window_store {
 public:
  struct content {
    std::string bytes;    // empty: there is nothing
    std::string problem;  // why not, where there should be: for the log
  };

  window_store() = default;
  window_store(const window_store&) = delete;
  window_store& operator=(const window_store&) = delete;
  virtual ~window_store() = default;

  // What was saved last.
  virtual content load() = 0;
  // What was loaded makes no sense: it is set aside. Where it is now, or why it is not.
  virtual std::string set_aside() = 0;
  // All of it is durable, or it is as it was before.
  virtual result<done> save(std::string_view bytes) = 0;
};

// Errors name the path and the cause: a folder that cannot be written, a file that another process
// has.
[[nodiscard]] result<std::unique_ptr<window_store>> open_window_file(std::string path);

}  // namespace trailbell::pipeline
