// sink: where alerts go.
//
// Thread-safety: none; one thread delivers to a sink. Errors: output_failed, or output_closed where
// the reader went away.
#pragma once

#include <cstddef>

#include "trailbell/base/result.hpp"
#include "trailbell/model/alert.hpp"

namespace trailbell::emit {

class sink {
 public:
  sink() = default;
  sink(const sink&) = delete;
  sink& operator=(const sink&) = delete;
  virtual ~sink() = default;

  // Takes an alert; it may still be on its way until flush() has succeeded.
  virtual result<done> deliver(const alert& what) = 0;
  virtual result<done> flush() = 0;
  // Alerts that were taken and are not known to have arrived.
  [[nodiscard]] virtual std::size_t unwritten() const noexcept = 0;
};

}  // namespace trailbell::emit
