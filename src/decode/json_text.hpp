// JSON text as bytes: where values end, members one by one, strings decoded (RFC 8259).
//
// Made for text that may be cut anywhere and for strings that hold anything: a lone surrogate or a
// byte that is no UTF-8 never hides what stands around it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trailbell::decode {

enum class json_status { complete, need_more, bad };

struct json_span {
  json_status status;
  std::size_t end;     // behind the value; where it went wrong; or the text's size
  const char* reason;  // for bad
};

[[nodiscard]] std::size_t skip_json_spaces(std::string_view text, std::size_t at) noexcept;

// Without the white space at both ends.
[[nodiscard]] std::string_view trim_json_spaces(std::string_view text) noexcept;

// True where nothing but white space stands between `at` and the end of its line, which is there.
[[nodiscard]] bool line_ends_blank(std::string_view text, std::size_t at) noexcept;

// The value that begins at `at` (no white space before it). Strings are skipped and brackets
// counted, of either kind; what stands between them is not validated. A number or literal at the
// end of the text needs more.
[[nodiscard]] json_span skip_json_value(std::string_view text, std::size_t at) noexcept;

// True where the string token (with its quotes) spells exactly `plain`, escapes decoded.
[[nodiscard]] bool json_string_is(std::string_view token, std::string_view plain);

// True where every backslash in a string token begins an escape that RFC 8259 section 7 knows.
[[nodiscard]] bool json_escapes_are_known(std::string_view token) noexcept;

// What a string token (with its quotes) stands for: itself where it has no escapes, else `scratch`.
[[nodiscard]] std::string_view json_string_text(std::string_view token, std::string& scratch);

// Appends what a string token (with its quotes) stands for. A lone surrogate becomes U+FFFD.
void append_json_string(std::string_view token, std::string& out);

// Walks the members of an object, from its '{' at text[0].
class json_members {
 public:
  explicit json_members(std::string_view object) noexcept : text_{object} {}

  enum class step { member, end, need_more, bad };
  // Steps to the next member. After `member`, key() and value_begin() hold, and the value itself
  // has not been looked at: call skip_value(), or stop here.
  step next() noexcept;
  // Steps over the current value; then value() holds.
  step skip_value() noexcept;
  // After `bad`: to the end of the broken member, so that next() gives the one behind it. False
  // where the object ends before.
  bool resync() noexcept;

  [[nodiscard]] std::string_view key() const noexcept { return key_; }  // with its quotes
  [[nodiscard]] std::size_t value_begin() const noexcept { return value_begin_; }
  [[nodiscard]] std::string_view value() const noexcept {
    return text_.substr(value_begin_, at_ - value_begin_);
  }
  [[nodiscard]] std::size_t position() const noexcept { return at_; }
  [[nodiscard]] const char* reason() const noexcept { return reason_; }

 private:
  step fail(std::size_t at, const char* reason) noexcept;

  std::string_view text_;
  std::size_t at_ = 1;
  std::size_t value_begin_ = 0;
  std::string_view key_;
  const char* reason_ = "";
  bool first_ = true;
};

// Calls take(key, value) for each member of an object that can be told apart, the key with its
// quotes; a broken member does not hide those behind it. What was wrong first, or null.
template <class Take>
const char* each_json_member(std::string_view object, Take take) {
  json_members members{object};
  const char* wrong = nullptr;
  for (;;) {
    json_members::step step = members.next();
    if (step == json_members::step::end) {
      return wrong;
    }
    if (step == json_members::step::member) {
      step = members.skip_value();
    }
    if (step == json_members::step::member) {
      take(members.key(), members.value());
      continue;
    }
    const bool bad = step == json_members::step::bad;
    if (wrong == nullptr) {
      wrong = bad ? members.reason() : "the object is cut off";
    }
    if (!bad || !members.resync()) {
      return wrong;
    }
  }
}

}  // namespace trailbell::decode
