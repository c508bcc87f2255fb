#include "app/event_lines.hpp"

#include <utility>

#include "trailbell/base/limits.hpp"

namespace trailbell::app {

event_lines::event_lines(consume::opened_file file, line_form form,
                         std::function<void()> before_wait)
    : file_{std::move(file)},
      form_{form},
      source_{file_, control_, std::move(before_wait)},
      stream_{source_, buffer_} {}

std::optional<std::string_view> event_lines::next_line() {
  stream_.consume(line_size_);
  line_size_ = 0;
  std::size_t searched = 0;
  for (;;) {
    const std::string_view window = stream_.window();
    const std::size_t end = window.find('\n', searched);
    if (end != std::string_view::npos) {
      line_size_ = end + 1;
      return window.substr(0, end);
    }
    searched = window.size();
    if (searched > limits::value_bytes_max) {
      failure_ = error{errc::too_large,
                       "line " + std::to_string(line_ + 1) + " is longer than an event can be"};
      return std::nullopt;
    }
    if (!stream_.extend()) {
      break;
    }
  }
  failure_ = stream_.failure();
  const std::string_view last = stream_.window();
  if (failure_ || last.empty()) {
    return std::nullopt;
  }
  line_size_ = last.size();
  return last;
}

std::optional<event_lines::event> event_lines::next() {
  if (failure_) {
    return std::nullopt;
  }
  const std::optional<std::string_view> line = next_line();
  if (!line) {
    return std::nullopt;
  }
  event found{++line_, *line, {}};
  if (form_ == line_form::text) {
    return found;
  }
  if (!reader_.read(*line, tree_)) {
    found.unreadable = std::string{"no JSON string: "} + reader_.reason();
  } else if (!tree_.root().is(json_kind::text)) {
    found.unreadable = "no JSON string, but " + std::string{name_of(tree_.root().kind())};
  }
  found.text = found.unreadable ? std::string_view{} : tree_.root().text();
  return found;
}

}  // namespace trailbell::app
