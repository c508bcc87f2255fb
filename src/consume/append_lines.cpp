#include "consume/append_lines.hpp"

#include <unistd.h>

#include <cerrno>

#include "trailbell/base/descriptor.hpp"

namespace trailbell::consume {

bool append_lines(int file, std::string& lines) {
  if (lines.empty()) {
    return true;
  }
  const off_t end = lseek(file, 0, SEEK_END);
  if (write_all(file, lines) != 0 || fdatasync(file) != 0) {
    const int failed = errno;
    (void)!ftruncate(file, end);
    errno = failed;
    return false;
  }
  lines.clear();
  return true;
}

}  // namespace trailbell::consume
