// The service's dialect of regular expressions: checked by our own rules, run by RE2, whose time is
// linear in the text.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "trailbell/detect/filter_pattern.hpp"

namespace trailbell::detect {

// What is wrong with an expression, offsets from its first byte; nothing where it is sound.
// Source: CloudWatch Logs User Guide, "Supported regular expressions syntax".
[[nodiscard]] std::optional<pattern_error> check_regex(std::string_view source);

// A checked expression, ready to search. Any thread.
class compiled_regex {
 public:
  // `source` passed check_regex().
  explicit compiled_regex(std::string_view source);
  compiled_regex(compiled_regex&&) noexcept;
  compiled_regex& operator=(compiled_regex&&) noexcept;
  ~compiled_regex();

  [[nodiscard]] bool found_in(std::string_view text) const;

 private:
  struct engine;
  std::unique_ptr<engine> engine_;
};

}  // namespace trailbell::detect
