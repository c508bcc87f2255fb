#include "trailbell/base/descriptor.hpp"

#include <cerrno>

namespace trailbell {

int write_all(int file, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file, bytes.data(), bytes.size());
    if (wrote < 0 && errno != EINTR) {
      return errno;
    }
    bytes.remove_prefix(wrote > 0 ? static_cast<std::size_t>(wrote) : 0);
  }
  return 0;
}

}  // namespace trailbell
