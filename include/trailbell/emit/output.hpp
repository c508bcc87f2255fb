// output: where a replay writes its alerts.
//
// Thread-safety: none; one thread writes to it. Errors: output_failed, or output_closed where
// the reader went away.
#pragma once

#include <cstddef>

#include "trailbell/base/result.hpp"
#include "trailbell/model/alert.hpp"

namespace trailbell::emit {

class output {
 public:
  output() = default;
  output(const output&) = delete;
  output& operator=(const output&) = delete;
  virtual ~output() = default;

  // Takes an alert; it may still be on its way until flush() has succeeded.
  virtual result<done> deliver(const alert& what) = 0;
  virtual result<done> flush() = 0;
  // Alerts that were taken and are not known to have arrived.
  [[nodiscard]] virtual std::size_t unwritten() const noexcept = 0;
};

}  // namespace trailbell::emit
