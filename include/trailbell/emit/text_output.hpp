// text_output: text to a file descriptor, gathered, in whole writes.
//
// Owns the descriptor unless it is standard output. Thread-safety: none. Errors name what was
// written and where; output_closed means that the reader went away.
#pragma once

#include <atomic>
#include <string>

#include "trailbell/base/result.hpp"

namespace trailbell::emit {

class text_output {
 public:
  // `what` and `where` are for messages: "alerts", "standard output". Once `stop` is set, a reader
  // that takes nothing is given a second; then writing fails with errc::interrupted.
  text_output(int descriptor, std::string what, std::string where,
              const std::atomic<bool>* stop = nullptr);
  text_output(const text_output&) = delete;
  text_output& operator=(const text_output&) = delete;
  ~text_output();  // flushes

  // Append here, then call settle(), or flush() where somebody waits for it.
  [[nodiscard]] std::string& text() noexcept { return text_; }
  // Writes where enough was gathered.
  result<done> settle();
  result<done> flush();

 private:
  [[nodiscard]] bool wait_for_room() const;
  error failure(errc code, const char* cause);

  int descriptor_;
  std::string what_, where_;
  const std::atomic<bool>* stop_;
  bool may_wait_ = false;
  std::string text_;
};

}  // namespace trailbell::emit
