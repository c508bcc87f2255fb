// sink: where the alerts of the service go.
//
// One worker thread owns a sink and calls it; so a slow sink slows no other. A sink makes one
// attempt at a time and says how it went; when to try again, how long and what then is its worker's
// business. Credentials never stand in what a sink says.
//
// Thread-safety: none but where said. Ownership: borrows the alerts for the call.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "trailbell/model/alert.hpp"

namespace trailbell::emit {

enum class delivery : std::uint8_t {
  accepted,  // all have arrived, as durably as this sink promises
  retry,     // some may have arrived; the same alerts may be given again
  refused,   // the receiver can never take them: not for load, nor for a fault that passes
};

struct delivery_result {
  delivery what = delivery::accepted;
  std::string reason;                             // of retry and refused: cause and remedy
  std::optional<std::chrono::milliseconds> wait;  // the receiver said when to come again
};

class sink {
 public:
  sink() = default;
  sink(const sink&) = delete;
  sink& operator=(const sink&) = delete;
  virtual ~sink() = default;

  // One attempt at all of these; 1 to alerts_max(). Blocks no longer than the sink's own time-out.
  // Where it refuses several, its worker gives them again one by one.
  virtual delivery_result deliver(std::span<const alert* const> alerts) = 0;
  // How many alerts one attempt takes at most.
  [[nodiscard]] virtual std::size_t alerts_max() const noexcept = 0;

  // Called about once a second while nothing is to be delivered: rotation by time, keep-alive.
  virtual void on_idle() {}
  // From any thread, while the service ends, for good: an attempt that is under way, and each that
  // comes, returns at once, with retry where it is not known that all has arrived.
  virtual void hurry() {}
  // SIGHUP: what was renamed is opened anew.
  virtual void reopen() {}
};

}  // namespace trailbell::emit
