// Written by hand rather than on simdjson: its document APIs refuse numbers beyond 64 bits or a
// double's range and lone surrogates, all of which AWS's own filters read, and version 3.0 does not
// see text behind the document.
#include "trailbell/decode/json_reader.hpp"

#include "decode/json_text.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::decode {

bool json_reader::read(std::string_view text, json_tree& into) {
  text_ = text;
  at_ = 0;
  builder_.begin(into);
  if (text.size() > limits::value_bytes_max) {
    return fail("the text is larger than any record");
  }
  if (read_document()) {
    return true;
  }
  into.clear();
  return false;
}

bool json_reader::fail(const char* reason) noexcept {
  reason_ = reason;
  return false;
}

void json_reader::skip_spaces() noexcept {
  at_ = skip_json_spaces(text_, at_);
}

// One loop, no recursion: what is open is on the builder's stack.
bool json_reader::read_document() {
  bool more = true;
  while (more) {
    skip_spaces();
    if (builder_.depth() > 0 && builder_.in_object() && !read_key()) {
      return false;
    }
    if (!read_value() || !close_and_step(more)) {
      return false;
    }
  }
  skip_spaces();
  return at_ == text_.size() || fail("text follows the document");
}

bool json_reader::read_key() {
  if (peek() != '"') {
    return fail("a key is missing");
  }
  if (!read_string()) {
    return false;
  }
  builder_.key();
  skip_spaces();
  if (peek() != ':') {
    return fail("a colon is missing");
  }
  ++at_;
  skip_spaces();
  return true;
}

bool json_reader::read_value() {
  if (builder_.values() >= limits::json_values_max) {
    return fail("more values than any record has");
  }
  switch (peek()) {
    case '"':
      if (!read_string()) {
        return false;
      }
      builder_.text();
      return true;
    case '{':
    case '[':
      if (builder_.depth() >= limits::json_depth_max) {
        return fail("nested too deeply");
      }
      builder_.open(peek() == '{' ? json_kind::object : json_kind::array);
      ++at_;
      return true;
    case 't':
      builder_.boolean(true);
      return read_word("true");
    case 'f':
      builder_.boolean(false);
      return read_word("false");
    case 'n':
      builder_.null();
      return read_word("null");
    default:
      return read_number();
  }
}

// Behind a value, or an opening bracket: steps over what closes, and the comma. `more` says whether
// a value has to follow.
bool json_reader::close_and_step(bool& more) {
  bool opened = text_[at_ - 1] == '{' || text_[at_ - 1] == '[';
  for (;;) {
    if (builder_.depth() == 0) {
      more = false;
      return true;
    }
    skip_spaces();
    const char closing = builder_.in_object() ? '}' : ']';
    if (peek() == closing) {
      builder_.close();
      ++at_;
      opened = false;
      continue;
    }
    if (!opened) {
      if (peek() != ',') {
        return fail(at_ == text_.size() ? "the document is cut off" : "a comma is missing");
      }
      ++at_;
    }
    more = true;
    return true;
  }
}

bool json_reader::read_string() {
  const std::size_t begin = at_++;
  bool escaped = false;
  while (at_ < text_.size() && text_[at_] != '"') {
    if (static_cast<unsigned char>(text_[at_]) < 0x20) {
      return fail("a control character in a string");
    }
    if (text_[at_] == '\\') {
      escaped = true;
      ++at_;
    }
    ++at_;
  }
  if (at_ >= text_.size()) {
    at_ = text_.size();
    return fail("the document is cut off");
  }
  ++at_;
  const std::string_view token = text_.substr(begin, at_ - begin);
  if (!escaped) {
    builder_.pool().append(token.substr(1, token.size() - 2));
    return true;
  }
  if (!json_escapes_are_known(token)) {
    return fail("an unknown escape in a string");
  }
  append_json_string(token, builder_.pool());
  return true;
}

bool json_reader::digits() noexcept {
  const std::size_t begin = at_;
  while (peek() >= '0' && peek() <= '9') {
    ++at_;
  }
  return at_ > begin;
}

bool json_reader::read_number() {
  const std::size_t begin = at_;
  if (peek() == '-') {
    ++at_;
  }
  const bool zero = peek() == '0';
  const std::size_t whole = at_;
  if (!digits()) {
    return fail(at_ == text_.size() ? "the document is cut off" : "no value");
  }
  if (zero && at_ - whole > 1) {
    return fail("a number begins with 0");
  }
  if (peek() == '.') {
    ++at_;
    if (!digits()) {
      return fail("a number without digits behind its point");
    }
  }
  if (peek() == 'e' || peek() == 'E') {
    ++at_;
    if (peek() == '+' || peek() == '-') {
      ++at_;
    }
    if (!digits()) {
      return fail("a number without an exponent behind its e");
    }
  }
  builder_.pool().append(text_.substr(begin, at_ - begin));
  builder_.number();
  return true;
}

bool json_reader::read_word(std::string_view word) {
  if (!text_.substr(at_).starts_with(word)) {
    return fail("no value");
  }
  at_ += word.size();
  return true;
}

}  // namespace trailbell::decode
