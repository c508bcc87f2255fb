// Log events, one a line, from a file or standard input.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/consume/file_bytes.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/model/json_tree.hpp"
#include "trailbell/model/text_stream.hpp"

namespace trailbell::app {

enum class line_form {
  text,        // the line is the event
  json_string  // the line is a JSON string that holds the event, line breaks too
};

class event_lines {
 public:
  // `before_wait` is called before each read that may wait.
  event_lines(consume::opened_file file, line_form form, std::function<void()> before_wait);

  struct event {
    std::uint64_t line = 0;                 // from 1
    std::string_view text;                  // valid until the next call
    std::optional<std::string> unreadable;  // why; then there is no text
  };
  // Nothing at the end, or after a failure.
  std::optional<event> next();
  // Why it ended early, where it did.
  [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

 private:
  std::optional<std::string_view> next_line();

  consume::opened_file file_;
  line_form form_;
  consume::read_control control_;
  consume::file_source source_;
  std::vector<char> buffer_;
  buffered_stream stream_;
  std::size_t line_size_ = 0;  // of the last line, to be given back
  std::uint64_t line_ = 0;
  decode::json_reader reader_;
  json_tree tree_;
  std::optional<error> failure_;
};

}  // namespace trailbell::app
