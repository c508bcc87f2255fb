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

bool begins_with_object(std::string_view array) {
  return array.starts_with('[') && array.substr(skip_json_spaces(array, 1)).starts_with('{');
}

}  // namespace

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

bool object_walker::skip_byte_order_mark() {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (text_.window().front() != mark.front()) {
    return false;
  }
  while (text_.window().size() < mark.size() && text_.extend()) {
  }
  const bool found = text_.window().starts_with(mark);
  text_.consume(found ? mark.size() : 0);
  return found;
}

void object_walker::walk_all() {
  while (state_.hopeful()) {
    if (undecided_) {
      decide_lines();
    }
    if (!ready()) {
      return;
    }
    if (skip_byte_order_mark()) {
      continue;  // each member of a gzip file may begin with one
    }
    if (may_search()) {
      walk_top_value();
    } else {
      walk_line();
    }
  }
}

bool object_walker::may_search() const noexcept {
  const std::uint64_t seen = text_.position() + text_.window().size();
  return searched_in_vain_ <= limits::vain_search_ratio_max * seen;
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
    // An array of records is walked as it comes. Where it begins otherwise, all members decide.
    if (members.next() == json_members::step::member && json_string_is(members.key(), "Records") &&
        begins_with_object(window.substr(members.value_begin()))) {
      stream_member(array_kind::records, members.value_begin());
      return;
    }
    const json_span value = skip_json_value(window, 0);
    if (value.status == json_status::complete) {
      const std::string_view object = window.substr(0, value.end);
      const bool bare = is_bare_record(object);
      const std::string_view prefix = bare ? prefix_of(object) : std::string_view{};
      if (!prefix.empty()) {
        const bool is_new = prefix != prefix_;
        prefix_ = prefix;
        one_line_ = object.find('\n') == std::string_view::npos;
        undecided_ = window.find_first_not_of(" \t\r", value.end) == std::string_view::npos;
        lines_ = one_line_ && line_ends_blank(window, value.end);
        // The scan takes it from here, this record and all like it: unless it is a line that the
        // scan did not decide, since nobody else ever would.
        if (!undecided_ && (lines_ ? is_new : !state_.strict())) {
          return;
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
        give_up(search.reason(), window.size());
        return;
      }
    }
    if (!more() && unlikely_to_close) {
      give_up(cut("an object is not closed"), text_.window().size());
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
      give_up(cut("an object is not closed"), text_.window().size());
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
      give_up("expected ',' or '}' behind a member", members.position());
      return;
    } else if (!more()) {
      give_up(cut("an object is not closed"), text_.window().size());
      return;
    }
  }
}

// ---- what is no JSON ---------------------------------------------------------------------------

void object_walker::walk_garbage() {
  std::size_t end = text_.window().find('\n');
  while (end == std::string_view::npos && more()) {
    end = text_.window().find('\n');
  }
  const std::string_view window = text_.window();
  const std::string_view line = trim_json_spaces(window.substr(0, end));
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
    give_up("a line break inside a string: the record is cut", value.end);
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
void object_walker::give_up(std::string reason, std::size_t searched) {
  searched_in_vain_ += searched;
  std::size_t next = text_.window().find("\n{", 1);
  state_.reject(text_.position(), text_.window().substr(0, next), std::move(reason));
  while (next == std::string_view::npos) {
    // The last byte may be the newline that is looked for.
    const std::size_t size = text_.window().size();
    const std::size_t done = size > 1 ? size - 1 : 0;
    text_.consume(done);
    if (!text_.extend()) {
      text_.consume(text_.window().size());
      return;
    }
    next = text_.window().find("\n{");
    const std::size_t known = size - done;  // part of what was reported already
    if (next > known) {
      state_.reject_more(text_.position() + known, text_.window().substr(known, next - known));
    }
  }
  text_.consume(next + 1);
}

}  // namespace trailbell::decode
