// byte_writer, byte_reader: values as bytes, for files that only trailbell reads.
//
// Numbers are 8 bytes, the lowest first; a text is its size and its bytes. A reader trusts nothing:
// what is not there reads as 0, as an empty text, and is told by ok(). What is read as a text is a
// view into the bytes. Thread-safety: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace trailbell {

class byte_writer {
 public:
  void number(std::uint64_t value);
  void signed_number(std::int64_t value) { number(static_cast<std::uint64_t>(value)); }
  void text(std::string_view value);
  void optional_text(const std::optional<std::string_view>& value);

  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::string take() { return std::exchange(bytes_, {}); }

 private:
  std::string bytes_;
};

class byte_reader {
 public:
  explicit byte_reader(std::string_view bytes) : rest_{bytes} {}

  std::uint64_t number();
  std::int64_t signed_number() { return static_cast<std::int64_t>(number()); }
  // Of a value below `end`; else the bytes are damaged.
  std::uint64_t number_below(std::uint64_t end);
  // How many things follow, of at least `bytes_each`: no more than can be there.
  std::uint64_t count(std::uint64_t bytes_each = 8);
  std::string_view text();
  std::optional<std::string_view> optional_text();

  // All so far was there, and made sense.
  [[nodiscard]] bool ok() const noexcept { return ok_; }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

 private:
  std::uint64_t damaged();

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace trailbell
