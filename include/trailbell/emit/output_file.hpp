// output_file: alerts to a file or to standard output, whole lines in whole writes.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "trailbell/emit/alert_writer.hpp"
#include "trailbell/emit/output.hpp"

namespace trailbell::emit {

struct output_options {
  std::string path;  // empty: standard output
  alert_style style;
  const std::atomic<bool>* stop = nullptr;  // see text_output
  bool append = false;  // behind the file's content, of which a last line that was cut is cut off
};

// Replaces the file's content, unless it appends. Errors name the path and the cause.
[[nodiscard]] result<std::unique_ptr<output>> open_output_file(const output_options& options);

}  // namespace trailbell::emit
