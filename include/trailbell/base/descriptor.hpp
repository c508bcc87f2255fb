// descriptor: owns a file descriptor. Thread-safety: none.
#pragma once

#include <unistd.h>

#include <string_view>
#include <utility>

namespace trailbell {

class descriptor {
 public:
  descriptor() = default;
  explicit descriptor(int number) : number_{number} {}
  descriptor(descriptor&& other) noexcept : number_{std::exchange(other.number_, -1)} {}
  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~descriptor() {
    if (number_ >= 0) {
      ::close(number_);
    }
  }

  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] bool is_open() const noexcept { return number_ >= 0; }

 private:
  int number_ = -1;
};

// All of it, however often a signal interrupts. 0, or the errno that ended it: then a part may be
// written.
[[nodiscard]] int write_all(int file, std::string_view bytes) noexcept;

}  // namespace trailbell
