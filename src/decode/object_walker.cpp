#include "decode/object_walker.hpp"

#include <algorithm>
#include <utility>

#include "decode/json_text.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::decode {
namespace {

// From here on a value is searched for an array to stream, rather than awaited whole.
constexpr std::size_t await_bytes_max = limits::mib;

// A value beyond await_bytes_max that is not closed yet is looked at again only when the window has
// grown by a quarter, this at most: a pipe that gives 4 KiB at a time must not make it quadratic.
constexpr std::size_t window_growth_max = 4 * limits::mib;

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = skip_json_spaces(text, 0);
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view{} : text.substr(begin, last + 1 - begin);
}

bool rest_of_line_blank(std::string_view text, std::size_t at) {
  const std::size_t end = text.find_first_not_of(" \t\r", at);
  return end != std::string_view::npos && text[end] == '\n';
}

}  // namespace

std::string_view prefix_of(std::string_view object) {
  json_members members{object};
  if (members.next() != json_members::step::member) {
    return {};
  }
  const auto end =
      static_cast<std::size_t>(members.key().data() - object.data()) + members.key().size();
  return object.substr(0, end);
}

bool object_walker::ready() {
  for (;;) {
    text_.consume(skip_json_spaces(text_.window(), 0));
    if (!text_.window().empty()) {
      return true;
    }
    if (!text_.extend()) {
      return false;
    }
  }
}

bool object_walker::more() {
  const std::size_t size = text_.window().size();
  if (size >= limits::value_bytes_max || !text_.extend()) {
    return false;
  }
  const std::size_t enough =
      size < await_bytes_max ? size : size + std::min(size / 4, window_growth_max);
  while (text_.window().size() < enough && text_.extend()) {
  }
  return true;
}

void object_walker::skip_byte_order_mark() {
  while (text_.window().size() < 3 && text_.extend()) {
  }
  if (text_.window().starts_with("\xef\xbb\xbf")) {
    text_.consume(3);
  }
}

void object_walker::walk_all() {
  skip_byte_order_mark();
  while (state_.hopeful()) {
    if (undecided_) {
      decide_lines();
    }
    if (!ready()) {
      return;
    }
    walk_top_value();
  }
}

// The record that was just taken ended where the window did: does its line end with it?
void object_walker::decide_lines() {
  while (text_.window().find_first_not_of(" \t\r") == std::string_view::npos && text_.extend()) {
  }
  undecided_ = false;
  lines_ = one_line_ && rest_of_line_blank(text_.window(), 0);
}

std::optional<std::uint64_t> object_walker::walk_lines(std::string_view prefix) {
  prefix_ = prefix;
  lines_ = true;
  while (ready()) {
    if (!state_.strict() && scan_known_lines()) {
      continue;
    }
    const std::string_view window = text_.window();
    if (trimmed(window.substr(0, window.find('\n'))).size() == 1) {
      return text_.position();
    }
    walk_line();
  }
  return std::nullopt;
}

void object_walker::walk_top_value() {
  const char c = text_.window().front();
  if (lines_) {
    if (state_.strict() || !scan_known_lines()) {
      walk_line();
    }
  } else if (c == '{' && !state_.strict() && !prefix_.empty() &&
             text_.window().starts_with(prefix_)) {
    scan_bare_records();
  } else if (c == '{') {
    walk_object();
  } else if (c == '[') {
    walk_array(array_kind::bare);
  } else {
    walk_garbage();
  }
}

// ---- objects -----------------------------------------------------------------------------------

void object_walker::walk_object() {
  for (;;) {
    const std::string_view window = text_.window();
    json_members members{window};
    if (members.next() == json_members::step::member && json_string_is(members.key(), "Records") &&
        window[members.value_begin()] == '[') {
      stream_member(array_kind::records, members.value_begin());
      return;
    }
    const json_span value = skip_json_value(window, 0);
    if (value.status == json_status::complete) {
      const std::string_view object = window.substr(0, value.end);
      const bool bare = is_bare_record(object);
      const std::string_view prefix = bare ? prefix_of(object) : std::string_view{};
      if (!prefix.empty()) {
        prefix_ = prefix;
        one_line_ = object.find('\n') == std::string_view::npos;
        undecided_ = window.find_first_not_of(" \t\r", value.end) == std::string_view::npos;
        lines_ = one_line_ && rest_of_line_blank(window, value.end);
        if (!undecided_ && (lines_ || !state_.strict())) {
          return;  // the scan takes it from here, this record and all like it
        }
      }
      if (bare) {
        state_.take_record(object, text_.position());
      } else {
        walk_value(state_, object, text_.position(), stray::unrecognised, depth_);
      }
      text_.consume(value.end);
      return;
    }
    const bool unlikely_to_close = text_.ended() || window.size() >= await_bytes_max;
    if (unlikely_to_close) {
      json_members search{window};
      json_members::step step = search.next();
      while (step == json_members::step::member) {
        const std::optional<array_kind> kind = streamable_array(search.key());
        if (kind && window[search.value_begin()] == '[') {
          stream_member(*kind, search.value_begin());
          return;
        }
        step = search.skip_value() == json_members::step::member ? search.next()
                                                                 : json_members::step::need_more;
      }
      if (step == json_members::step::bad) {
        give_up(search.reason());
        return;
      }
    }
    if (!more() && unlikely_to_close) {
      give_up(cut("an object is not closed"));
      return;
    }
  }
}

void object_walker::stream_member(array_kind kind, std::size_t value_begin) {
  state_.recognise();
  text_.consume(value_begin);
  if (walk_array(kind)) {
    finish_object();
  }
}

// Behind a streamed array: the members that follow it, and the closing brace.
void object_walker::finish_object() {
  for (;;) {
    if (!ready()) {
      give_up(cut("an object is not closed"));
      return;
    }
    if (text_.window().front() == '}') {
      text_.consume(1);
      return;
    }
    // json_members wants an opening brace: the comma stands in for it.
    json_members members{text_.window()};
    json_members::step step =
        text_.window().front() == ',' ? members.next() : json_members::step::bad;
    if (step == json_members::step::member) {
      const std::optional<array_kind> kind = streamable_array(members.key());
      const std::size_t begin = members.value_begin();
      if (kind && text_.window()[begin] == '[') {
        text_.consume(begin);
        if (!walk_array(*kind)) {
          return;
        }
        continue;
      }
      step = members.skip_value();
    }
    if (step == json_members::step::member) {
      text_.consume(members.position());
    } else if (step == json_members::step::bad) {
      give_up("expected ',' or '}' behind a member");
      return;
    } else if (!more()) {
      give_up(cut("an object is not closed"));
      return;
    }
  }
}

// ---- bare records ------------------------------------------------------------------------------

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
      give_up(cut("a record is not closed"));
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
  std::size_t end = text_.window().find('\n');
  while (end == std::string_view::npos && more()) {
    end = text_.window().find('\n');
  }
  if (end == std::string_view::npos && !text_.ended()) {
    give_up(cut("a line is not ended"));
    return;
  }
  const std::string_view window = text_.window();
  const std::string_view line = trimmed(window.substr(0, end));
  if (line == "{") {
    walk_object();
  } else if (line == "[") {
    walk_array(array_kind::bare);
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

// ---- what is no JSON ---------------------------------------------------------------------------

void object_walker::walk_garbage() {
  std::size_t end = text_.window().find('\n');
  while (end == std::string_view::npos && more()) {
    end = text_.window().find('\n');
  }
  const std::string_view window = text_.window();
  const std::string_view line = trimmed(window.substr(0, end));
  const std::uint64_t offset = text_.position();
  if (state_.recognised() && line.find_first_not_of(",]} \t") == std::string_view::npos) {
    // What remains of a document whose loss was reported where it broke.
  } else if (const json_span scalar = skip_json_value(std::string{line} + '\n', 0);
             scalar.status == json_status::complete && scalar.end == line.size()) {
    state_.unrecognised(offset, line);
  } else {
    state_.reject(offset, line, "no JSON");
  }
  text_.consume(end == std::string_view::npos ? window.size() : end + 1);
}

// A raw line break inside a string. Either the record is sloppy and its brackets still match, or it
// was cut and another document begins on the next line.
object_walker::progress object_walker::take_unclosed_string() {
  json_span value = skip_json_value(text_.window(), 0);
  while (value.status == json_status::need_more && more()) {
    value = skip_json_value(text_.window(), 0);
  }
  const std::size_t next_document = text_.window().find("\n{");
  if (value.status != json_status::complete || next_document < value.end) {
    give_up("a line break inside a string: the record is cut");
    return progress::given_up;
  }
  state_.take_record(text_.window().substr(0, value.end), text_.position());
  text_.consume(value.end);
  return progress::on;
}

// Why `what` could not be read to its end.
std::string object_walker::cut(const char* what) {
  if (text_.failure()) {
    state_.failure_reported();
    return std::string{what} + ": " + text_.failure()->message;
  }
  if (!text_.ended()) {
    return "a JSON value of more than " + std::to_string(limits::value_bytes_max / limits::mib) +
           " MiB";
  }
  return std::string{what} + ": the text is cut off";
}

// Reports the rest of what stands here as one loss, and goes on where a line begins with '{': no
// document that is printed on several lines has such a line inside.
void object_walker::give_up(std::string reason) {
  std::size_t next = text_.window().find("\n{", 1);
  state_.reject(text_.position(), text_.window().substr(0, next), std::move(reason));
  while (next == std::string_view::npos) {
    const std::size_t size = text_.window().size();
    text_.consume(size > 1 ? size - 1 : 0);
    if (!text_.extend()) {
      text_.consume(text_.window().size());
      return;
    }
    next = text_.window().find("\n{");
  }
  text_.consume(next + 1);
}

}  // namespace trailbell::decode
