// The array side of object_walker: elements one by one, in whatever size the array comes.
#include "decode/json_text.hpp"
#include "decode/object_walker.hpp"

namespace trailbell::decode {
namespace {

stray stray_in(array_kind kind) {
  switch (kind) {
    case array_kind::records:
      return stray::record;
    case array_kind::bare:
      return stray::unrecognised;
    case array_kind::log_events:
    case array_kind::wrapped:
      break;
  }
  return stray::rejected;
}

}  // namespace

bool object_walker::walk_array(array_kind kind) {
  text_.consume(1);
  auto elements = element_style::undecided;
  for (bool first = true;; first = false) {
    if (!ready()) {
      give_up(cut("an array is not closed"), 0);
      return false;
    }
    if (text_.window().front() == ']') {
      if (first) {
        state_.recognise();
        ++state_.tally().skipped.empty;
      }
      text_.consume(1);
      return true;
    }
    if (!first) {
      const bool comma = text_.window().front() == ',';
      if (!comma && text_.window().front() != '{') {
        give_up("expected ',' or ']' behind an element of an array", 0);
        return false;
      }
      if (!comma) {
        state_.reject(text_.position(), {}, "expected ',' between the elements of an array");
      }
      text_.consume(comma ? 1 : 0);
      if (!ready()) {
        give_up(cut("an array is not closed"), 0);
        return false;
      }
    }
    if (walk_element(kind, elements) == progress::given_up) {
      return false;
    }
  }
}

// One element, or a run of records. The first object decides whether the elements are records
// themselves.
object_walker::progress object_walker::walk_element(array_kind kind, element_style& elements) {
  if (elements == element_style::records && text_.window().front() == '{' && fits_prefix()) {
    return scan_array_records();
  }
  json_span value = skip_json_value(text_.window(), 0);
  while (value.status == json_status::need_more && more()) {
    value = skip_json_value(text_.window(), 0);
  }
  if (value.status == json_status::bad) {
    return reject_element();
  }
  if (value.status != json_status::complete) {
    give_up(cut("an element of an array is not closed"), text_.window().size());
    return progress::given_up;
  }
  const std::string_view element = text_.window().substr(0, value.end);
  if (element.front() != '{') {
    state_.recognise();
    state_.reject(text_.position(), element, "a member of the array is no object");
    text_.consume(value.end);
    return progress::on;
  }
  if (elements == element_style::undecided) {
    const bool plain = kind == array_kind::records
                           ? !is_wrapped(element)
                           : kind == array_kind::bare && !state_.strict() &&
                                 is_bare_record(element) && !prefix_of(element).empty();
    elements = plain ? element_style::records : element_style::others;
    array_prefix_ = kind == array_kind::bare ? std::string{prefix_of(element)} : std::string{};
    if (plain) {
      return scan_array_records();
    }
  }
  walk_value(state_, element, text_.position(), stray_in(kind), depth_);
  text_.consume(value.end);
  return progress::on;
}

// Something that is no JSON value, or nothing at all, where an element should stand. It costs no
// element behind it.
object_walker::progress object_walker::reject_element() {
  constexpr std::string_view behind = ",]}\n";
  std::size_t end = text_.window().find_first_of(behind);
  while (end == std::string_view::npos && more()) {
    end = text_.window().find_first_of(behind);
  }
  if (end == std::string_view::npos || text_.window()[end] == '}') {
    give_up("no JSON value in an array", 0);
    return progress::given_up;
  }
  state_.recognise();
  state_.reject(
      text_.position(), text_.window().substr(0, end),
      end == 0 ? "an element of an array is missing" : "a member of the array is no JSON");
  text_.consume(end);
  return progress::on;
}

object_walker::progress object_walker::scan_array_records() {
  for (;;) {
    const scan_result found = state_.scan(text_, {false, true, array_prefix_, {}, &places_});
    if (found.after_element) {
      return progress::on;
    }
    if (found.stop == scan_stop::newline_in_string) {
      return take_unclosed_string();
    }
    if (found.stop == scan_stop::window_end && !more()) {
      give_up(cut("a record is not closed"), text_.window().size());
      return progress::given_up;
    }
  }
}

bool object_walker::fits_prefix() {
  while (text_.window().size() < array_prefix_.size() && more()) {
  }
  return text_.window().starts_with(array_prefix_);
}

}  // namespace trailbell::decode
