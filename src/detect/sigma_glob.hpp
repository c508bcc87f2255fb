// sigma_glob: a Sigma text, compiled for matching.
//
// ASCII letters match in either case unless it is cased; other characters only themselves. `?` is
// one code point of UTF-8, or a byte that is none. Allocates nothing to match; its time is bounded
// by the product of the lengths, and linear for what has no `?` or few `*`. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "detect/sigma_text.hpp"

namespace trailbell::detect {

enum class letter_case : std::uint8_t { ignored, kept };

class sigma_glob {
 public:
  sigma_glob(const sigma_text& text, letter_case letters);

  [[nodiscard]] bool matches(std::string_view text) const noexcept;

  // The pieces, folded unless letters() says kept.
  [[nodiscard]] const sigma_text& pieces() const noexcept { return pieces_; }
  [[nodiscard]] letter_case letters() const noexcept { return letters_; }

 private:
  enum class shape : std::uint8_t { exact, prefix, suffix, part, anything, general };

  [[nodiscard]] bool stands_at(std::string_view text, std::string_view plain,
                               std::size_t at) const noexcept;
  [[nodiscard]] std::size_t find(std::string_view text, std::string_view plain,
                                 std::size_t from) const noexcept;
  // Behind `piece` at `at`, or npos.
  [[nodiscard]] std::size_t step(const sigma_piece& piece, std::string_view text,
                                 std::size_t at) const noexcept;
  [[nodiscard]] bool walk(std::string_view text) const noexcept;

  sigma_text pieces_;
  letter_case letters_;
  shape shape_ = shape::general;
  std::string plain_;  // of a shape that is not general
};

}  // namespace trailbell::detect
