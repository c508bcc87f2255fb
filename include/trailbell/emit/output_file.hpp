// output_file: alerts to a file or to standard output, whole lines in whole writes.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "trailbell/emit/output.hpp"

namespace trailbell::emit {

enum class alert_format { jsonl, text };

struct output_options {
  std::string path;  // empty: standard output
  alert_format format = alert_format::jsonl;
  bool with_record = false;
  bool colour = false;
  const std::atomic<bool>* stop = nullptr;  // see text_output
};

// Replaces the file's content. Errors name the path and the cause.
[[nodiscard]] result<std::unique_ptr<output>> open_output_file(const output_options& options);

}  // namespace trailbell::emit
