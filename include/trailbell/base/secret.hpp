// secret: a text that is for the receiver only. It prints as asterisks, and has to be asked for.
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace trailbell {

inline constexpr const char* masked_text = "********";

class secret {
 public:
  secret() = default;
  explicit secret(std::string value) : value_{std::move(value)} {}

  [[nodiscard]] const std::string& reveal() const noexcept { return value_; }
  [[nodiscard]] bool empty() const noexcept { return value_.empty(); }
  bool operator==(const secret&) const = default;

  friend std::ostream& operator<<(std::ostream& out, const secret& one) {
    return out << (one.empty() ? "" : masked_text);
  }

 private:
  std::string value_;
};

}  // namespace trailbell
