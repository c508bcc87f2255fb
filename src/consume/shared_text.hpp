// shared_text: why something does not work now, written by one thread and read by another.
#pragma once

#include <mutex>
#include <string>
#include <utility>

namespace trailbell::consume {

class shared_text {
 public:
  explicit shared_text(std::string first = {}) : text_{std::move(first)} {}
  void set(std::string text) {
    const std::lock_guard lock{mutex_};
    text_ = std::move(text);
  }
  void clear() { set({}); }
  [[nodiscard]] std::string get() const {
    const std::lock_guard lock{mutex_};
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

}  // namespace trailbell::consume
