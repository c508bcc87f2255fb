// The lines side of object_walker: bare records, by the scan where it can tell, else line by line.
#include "decode/json_text.hpp"
#include "decode/object_walker.hpp"

namespace trailbell::decode {
namespace {

// True where a value begins on this line and ends on a later one. A line that is cut is followed by
// another document; a document that is printed on several lines has no line that begins like one.
bool spans_lines(std::string_view text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = trim_json_spaces(text.substr(0, end));
  if (end == std::string_view::npos || (!line.starts_with('{') && !line.starts_with('['))) {
    return false;
  }
  const std::size_t next = skip_json_spaces(text, end);
  const bool document = line.size() > 1 && next < text.size() && text[next] == '{';
  return !document && next < text.size() &&
         skip_json_value(line, 0).status == json_status::need_more;
}

}  // namespace

// The record that was just taken ended where the window did: does its line end with it?
void object_walker::decide_lines() {
  while (text_.window().find_first_not_of(" \t\r") == std::string_view::npos && text_.extend()) {
  }
  undecided_ = false;
  lines_ = one_line_ && line_ends_blank(text_.window(), 0);
}

std::optional<std::uint64_t> object_walker::walk_lines(std::string_view prefix) {
  prefix_ = prefix;
  lines_ = true;
  while (ready()) {
    if (!state_.strict() && scan_known_lines()) {
      continue;
    }
    if (spans_lines(text_.window())) {
      return text_.position();
    }
    walk_line();
  }
  return std::nullopt;
}

void object_walker::scan_bare_records() {
  for (;;) {
    const scan_result found = state_.scan(text_, {false, false, prefix_, {}, &places_});
    if (found.after_element) {
      return;
    }
    if (found.stop == scan_stop::newline_in_string) {
      take_unclosed_string();
      return;
    }
    if (found.stop == scan_stop::window_end && !more()) {
      give_up(cut("a record is not closed"), text_.window().size());
      return;
    }
  }
}

// True when all that could be seen was taken; false on a line that the scan does not decide.
bool object_walker::scan_known_lines() {
  for (;;) {
    const scan_result found =
        state_.scan(text_, {true, false, prefix_,
                            [this](std::string_view line) { walk_line_values(line); }, &places_});
    if (found.stop == scan_stop::unexpected) {
      return false;
    }
    if (found.stop == scan_stop::window_end) {
      if (text_.ended()) {
        return true;
      }
      if (!more() && !text_.ended()) {
        return false;  // a line beyond the bound
      }
    }
  }
}

void object_walker::walk_line() {
  if (skip_byte_order_mark()) {
    return;
  }
  std::size_t end = text_.window().find('\n');
  while (end == std::string_view::npos && more()) {
    end = text_.window().find('\n');
  }
  if (end == std::string_view::npos && !text_.ended()) {
    give_up(cut("a line is not ended"), text_.window().size());
    return;
  }
  const std::string_view window = text_.window();
  const std::string_view line = trim_json_spaces(window.substr(0, end));
  if (may_search() && spans_lines(window)) {
    line.front() == '[' ? void(walk_array(array_kind::bare)) : walk_object();
  } else {
    walk_line_values(line);
    text_.consume(end == std::string_view::npos ? window.size() : end + 1);
  }
}

// The values of one line, usually one. What is broken costs this line and no other.
void object_walker::walk_line_values(std::string_view line) {
  const std::uint64_t offset =
      text_.position() + static_cast<std::uint64_t>(line.data() - text_.window().data());
  for (std::size_t at = 0; (at = skip_json_spaces(line, at)) < line.size();) {
    const bool bracketed = line[at] == '{' || line[at] == '[';
    const json_span found =
        bracketed ? skip_json_value(line, at) : json_span{json_status::bad, at, ""};
    if (found.status != json_status::complete) {
      const bool cut = bracketed && text_.failure() && line.end() == text_.window().end();
      if (cut) {
        state_.failure_reported();
      }
      state_.reject(offset + at, line.substr(at),
                    cut ? "a record is cut: " + text_.failure()->message
                        : std::string{bracketed ? "the line ends inside a JSON value" : "no JSON"});
      return;
    }
    const std::string_view value = line.substr(at, found.end - at);
    if (line[at] == '[') {
      memory_stream array{value};
      const walk::nested_scope scope{state_, offset + at};
      object_walker{state_, array, depth_ + 1}.walk_array(array_kind::bare);
    } else if (is_bare_record(value)) {
      state_.take_record(value, offset + at);
    } else {
      walk_value(state_, value, offset + at, stray::unrecognised, depth_);
    }
    at = found.end;
  }
}

}  // namespace trailbell::decode
