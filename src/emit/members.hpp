// How alerts are written as JSON: members with commas where they belong, and the parts that more
// than one format has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "trailbell/base/text.hpp"
#include "trailbell/model/alert.hpp"

namespace trailbell::emit {

// Writes `{"name":value,...}`; close() ends it.
class members {
 public:
  explicit members(std::string& out) : out_{out} { out_.push_back('{'); }
  // An object in an object or a list. Where nothing was put into it until it is closed, it leaves
  // no trace.
  members(members& parent, std::string_view name)
      : out_{parent.out_}, begin_{out_.size()}, parent_{&parent}, was_first_{parent.first_} {
    parent.raw(name).push_back(opening_);
  }
  members(const members&) = delete;
  members& operator=(const members&) = delete;

  void close() {
    if (parent_ != nullptr && first_) {
      out_.resize(begin_);
      parent_->first_ = was_first_;
      return;
    }
    out_.push_back(opening_ == '{' ? '}' : ']');
  }

  // Where the member's value is to be appended.
  std::string& raw(std::string_view name);
  // The name is none of ours.
  std::string& escaped(std::string_view name);
  void text(std::string_view name, std::string_view value) { append_json_text(value, raw(name)); }
  void number(std::string_view name, std::int64_t value) {
    raw(name).append(std::to_string(value));
  }
  void list(std::string_view name, std::span<const std::string_view> values);

  // `null` for what is not there.
  void optional_text(std::string_view name, const text_view& value) {
    value ? append_json_text(*value, raw(name)) : void(raw(name).append("null"));
  }
  void flag(std::string_view name, std::optional<bool> value) {
    raw(name).append(!value ? "null" : *value ? "true" : "false");
  }

  // Left out where there is nothing.
  void present_text(std::string_view name, const text_view& value) {
    if (value && !value->empty()) {
      text(name, *value);
    }
  }
  void present_flag(std::string_view name, std::optional<bool> value) {
    if (value) {
      flag(name, value);
    }
  }
  void present_list(std::string_view name, std::span<const std::string_view> values) {
    if (!values.empty()) {
      list(name, values);
    }
  }

 protected:
  members(members& parent, std::string_view name, char opening)
      : out_{parent.out_},
        begin_{out_.size()},
        parent_{&parent},
        was_first_{parent.first_},
        opening_{opening} {
    parent.raw(name).push_back(opening_);
  }

 private:
  std::string& out_;
  std::size_t begin_ = 0;
  members* parent_ = nullptr;
  bool was_first_ = true;
  bool first_ = true;
  char opening_ = '{';
};

// Writes `[value,...]`, and nothing where it stays empty. Its members have no name: "".
class elements : public members {
 public:
  elements(members& parent, std::string_view name) : members{parent, name, '['} {}
  void add(std::string_view value) { text({}, value); }
};

// An object's position: {"source", ...}.
void append_place(const object_position& place, members& position);
// Where the record was found: {"source", ..., "record"}.
void append_position(const alert& what, members& position);

// The record as it arrived, but on one line: line breaks can only stand between tokens of sound
// JSON. Bytes that are no UTF-8 become U+FFFD.
void append_record(std::string_view record, std::string& out);

// Milliseconds since the Unix epoch, of an RFC 3339 text; nothing for any other text.
[[nodiscard]] std::optional<std::int64_t> unix_ms(const text_view& time);

// An IPv4 or IPv6 address and nothing else.
[[nodiscard]] bool is_address(std::string_view text);

}  // namespace trailbell::emit
