#include "trailbell/model/yaml.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "trailbell/base/text.hpp"

namespace trailbell {
namespace {

// Core schema, section 10.3.2 of YAML 1.2.2, but for octal, hexadecimal, .inf and .nan: those are
// texts here, as they are no JSON.
yaml_type type_of_number(std::string_view text) noexcept {
  std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && is_digit(text[at])) {
      ++at;
    }
    return at - begin;
  };
  const std::size_t whole = digits();
  if (whole > 0 && at == text.size()) {
    return yaml_type::integer;
  }
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (digits() + whole == 0) {
      return yaml_type::text;
    }
  } else if (whole == 0) {
    return yaml_type::text;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    at += at < text.size() && (text[at] == '-' || text[at] == '+') ? 1 : 0;
    if (digits() == 0) {
      return yaml_type::text;
    }
  }
  return at == text.size() ? yaml_type::decimal : yaml_type::text;
}

template <std::size_t Size>
bool is_one_of(std::string_view text, const std::array<std::string_view, Size>& words) noexcept {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// Follows a scalar's source while its value is given byte by byte.
class scalar_walk {
 public:
  scalar_walk(std::string_view source, std::size_t begin) noexcept : source_{source}, at_{begin} {
    const char style = peek();
    if (style == '"' || style == '\'') {
      quote_ = style;
      ++at_;
    } else if (style == '|' || style == '>') {
      at_ = std::min(source_.find('\n', at_), source_.size());
    }
  }

  // Where `c`, the next byte of the value, stands. False where the source says something else.
  bool find(char c, std::size_t& where) noexcept {
    if (quote_ == '"' && left_of_escape_ > 0) {
      where = escape_;
      --left_of_escape_;
      return true;
    }
    if (c == ' ' || c == '\n' || c == '\t') {
      return blank(c, where);
    }
    skip_folds();
    where = at_;
    if (quote_ == '"' && peek() == '\\') {
      return escape(c);
    }
    if (peek() != c) {
      return false;
    }
    at_ += quote_ == '\'' && c == '\'' ? 2 : 1;
    return true;
  }

 private:
  [[nodiscard]] char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
  }
  [[nodiscard]] bool continued_line() const noexcept {
    return quote_ == '"' && peek() == '\\' && (peek(1) == '\n' || peek(1) == '\r');
  }

  // A line break and what folding drops around it; in double quotes an escaped line break too.
  void skip_folds() noexcept {
    while (at_ < source_.size()) {
      if (continued_line()) {
        ++at_;
      } else if (peek() != ' ' && peek() != '\t' && peek() != '\n' && peek() != '\r') {
        return;
      }
      ++at_;
    }
  }

  // A blank of the value is a blank, an escape, or stands for line breaks and what is around them.
  bool blank(char c, std::size_t& where) noexcept {
    while (continued_line()) {
      at_ += 2;
      skip_spaces();
    }
    where = at_;
    if (quote_ == '"' && peek() == '\\') {
      return escape(c);
    }
    if (peek() == c && !break_follows()) {
      ++at_;
      return true;
    }
    skip_spaces();
    if (peek() == '\n' || peek() == '\r') {
      at_ += peek() == '\r' ? 2 : 1;
      return true;
    }
    return c == '\n';  // of several folded line breaks the first is dropped
  }

  void skip_spaces() noexcept {
    while (peek() == ' ' || peek() == '\t') {
      ++at_;
    }
  }

  [[nodiscard]] bool break_follows() const noexcept {
    const std::size_t next = source_.find_first_not_of(" \t", at_);
    return next != std::string_view::npos && (source_[next] == '\n' || source_[next] == '\r');
  }

  // \n, \x41, A, ...: all bytes that it makes stand where it begins.
  bool escape(char first) noexcept {
    escape_ = at_;
    const char kind = peek(1);
    const std::size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : kind == 'U' ? 8 : 0;
    at_ += 2 + digits;
    const auto byte = static_cast<unsigned char>(first);
    left_of_escape_ = byte < 0xc0 ? 0 : byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    return true;
  }

  std::string_view source_;
  std::size_t at_;
  char quote_ = '\0';
  std::size_t escape_ = 0;
  std::size_t left_of_escape_ = 0;
};

// Bytes from 0; nothing beyond the text.
std::size_t offset_of(std::string_view text, text_place at) noexcept {
  std::size_t begin = 0;
  for (std::size_t line = 1; line < at.line; ++line) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string_view::npos) {
      return text.size();
    }
    begin = end + 1;
  }
  return std::min(begin + at.column - 1, text.size());
}

text_place place_of(std::string_view text, std::size_t offset) noexcept {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return {1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n')),
          offset - line_begin + 1};
}

}  // namespace

std::string file_problem::message() const {
  std::string out = path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
  out += what;
  return remedy.empty() ? out : out + "; " + remedy;
}

yaml_type yaml_node::type() const noexcept {
  constexpr std::array<std::string_view, 5> nulls{"", "~", "null", "Null", "NULL"};
  constexpr std::array<std::string_view, 6> truths{"true",  "True",  "TRUE",
                                                   "false", "False", "FALSE"};
  if (!plain) {
    return yaml_type::text;
  }
  if (is_one_of(text, nulls)) {
    return yaml_type::null;
  }
  return is_one_of(text, truths) ? yaml_type::boolean : type_of_number(text);
}

std::optional<std::uint64_t> yaml_node::whole() const noexcept {
  std::uint64_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, failure] = std::from_chars(text.data(), last, number);
  const bool fits = type() == yaml_type::integer && failure == std::errc{} && end == last;
  return fits ? std::optional{number} : std::nullopt;
}

const yaml_member* yaml_node::find(std::string_view key) const noexcept {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [key](const yaml_member& m) { return m.key == key; });
  return found == members.end() ? nullptr : &*found;
}

const char* name_of(const yaml_node& node) noexcept {
  if (node.kind != yaml_kind::scalar) {
    return node.kind == yaml_kind::sequence ? "a list" : "a mapping";
  }
  switch (node.type()) {
    case yaml_type::null:
      return "nothing";
    case yaml_type::boolean:
      return "true or false";
    case yaml_type::integer:
    case yaml_type::decimal:
      return "a number";
    case yaml_type::text:
      break;
  }
  return "a text";
}

text_place yaml_file::place_in(const yaml_node& scalar, std::size_t offset) const {
  const std::size_t begin = offset_of(text, scalar.at);
  if (begin >= text.size() || text[begin] == '*') {
    return scalar.at;
  }
  scalar_walk walk{text, begin};
  std::size_t where = begin;
  for (std::size_t i = 0; i < std::min(offset + 1, scalar.text.size()); ++i) {
    if (!walk.find(scalar.text[i], where)) {
      return scalar.at;
    }
  }
  return place_of(text, where + (offset >= scalar.text.size() && offset > 0 ? 1 : 0));
}

}  // namespace trailbell
