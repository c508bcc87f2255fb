// service_manager: tells systemd, or what speaks its protocol, how the service is (sd_notify(3)).
//
// Each message is one datagram to the socket that NOTIFY_SOCKET names; without one, all of this
// does nothing. Sending waits for at most a second, and what cannot be sent is lost: a service that
// works is not ended for that.
//
// Thread-safety: none. Ownership: owns its socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::app {

struct service_manager_options {
  std::string socket;              // NOTIFY_SOCKET: a path, or `@name` for an abstract one
  std::int64_t watchdog_usec = 0;  // WATCHDOG_USEC, where WATCHDOG_PID is this process; 0: none
};

// From the environment. Values that make no sense are as if they were not there.
[[nodiscard]] service_manager_options service_manager_environment();

class service_manager {
 public:
  // An error where the socket has a name that cannot be one, or none can be made.
  static result<service_manager> open(const service_manager_options& options);
  service_manager(service_manager&& other) noexcept;
  service_manager& operator=(service_manager&&) = delete;
  ~service_manager();

  // Of these, READY=1 ends a start or a reload. False: it could not be sent.
  bool ready();
  bool reloading();
  bool stopping();
  // A sentence for `systemctl status`. Escaped, so that it stays one line.
  bool status(std::string_view text);

  // To be called while the service is alive, at least each quarter of watchdog_usec: WATCHDOG=1
  // once half of it has passed. Times are of one steady clock, in ns.
  bool beat(std::int64_t now_ns);

  [[nodiscard]] bool listens() const noexcept { return descriptor_ >= 0; }

 private:
  service_manager(std::string address, int descriptor, std::int64_t beat_ns) noexcept;
  bool send(std::string_view message) const;

  std::string address_;  // as in sockaddr_un::sun_path
  int descriptor_ = -1;
  std::int64_t beat_ns_ = 0;
  std::optional<std::int64_t> last_beat_ns_;
};

}  // namespace trailbell::app
