#include "app/service_manager.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <utility>

#include "trailbell/base/text.hpp"

namespace trailbell::app {
namespace {

constexpr timeval send_wait_max{.tv_sec = 1, .tv_usec = 0};
constexpr std::size_t status_bytes_max = 512;

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<std::int64_t> positive(const std::string& text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, fault] = std::from_chars(text.data(), end, value);
  return fault == std::errc{} && at == end && value > 0 ? std::optional{value} : std::nullopt;
}

std::int64_t monotonic_usec() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1'000;
}

}  // namespace

service_manager_options service_manager_environment() {
  service_manager_options options{.socket = environment("NOTIFY_SOCKET")};
  const std::string pid = environment("WATCHDOG_PID");
  if (pid.empty() || positive(pid) == getpid()) {
    options.watchdog_usec = positive(environment("WATCHDOG_USEC")).value_or(0);
  }
  return options;
}

service_manager::service_manager(std::string address, int descriptor, std::int64_t beat_ns) noexcept
    : address_{std::move(address)}, descriptor_{descriptor}, beat_ns_{beat_ns} {}

service_manager::service_manager(service_manager&& other) noexcept
    : address_{std::move(other.address_)},
      descriptor_{std::exchange(other.descriptor_, -1)},
      beat_ns_{other.beat_ns_},
      last_beat_ns_{other.last_beat_ns_} {}

service_manager::~service_manager() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

result<service_manager> service_manager::open(const service_manager_options& options) {
  std::string address = options.socket;
  if (address.empty()) {
    return service_manager{"", -1, 0};
  }
  if ((address.front() != '/' && address.front() != '@') || address.size() < 2 ||
      address.size() >= sizeof(sockaddr_un::sun_path)) {
    return error{errc::usage, fmt::format("NOTIFY_SOCKET '{}' is neither the path of a socket nor "
                                          "@ and a name, of at most {} bytes",
                                          address, sizeof(sockaddr_un::sun_path) - 1)};
  }
  if (address.front() == '@') {
    address.front() = '\0';
  }
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    return error{errc::output_failed,
                 fmt::format("no socket for NOTIFY_SOCKET: {}", std::strerror(errno))};
  }
  setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &send_wait_max, sizeof send_wait_max);
  return service_manager{std::move(address), descriptor, options.watchdog_usec * 1'000 / 2};
}

bool service_manager::send(std::string_view message) const {
  if (descriptor_ < 0) {
    return true;
  }
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  ssize_t sent = 0;
  do {
    sent = sendto(descriptor_, message.data(), message.size(), MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&to), size);
  } while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(message.size());
}

bool service_manager::ready() {
  return send("READY=1");
}

bool service_manager::reloading() {
  return send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_usec()));
}

bool service_manager::stopping() {
  return send("STOPPING=1");
}

bool service_manager::status(std::string_view text) {
  std::string message = "STATUS=";
  append_printable(text.substr(0, status_bytes_max), message);
  return send(message);
}

bool service_manager::beat(std::int64_t now_ns) {
  if (beat_ns_ == 0 || (last_beat_ns_ && now_ns - *last_beat_ns_ < beat_ns_)) {
    return true;
  }
  last_beat_ns_ = now_ns;
  return send("WATCHDOG=1");
}

}  // namespace trailbell::app
