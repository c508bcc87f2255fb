#include "trailbell/consume/file_bytes.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace trailbell::consume {
namespace {

error system_error(const char* what) {
  return {errc::unreadable, std::string{what} + ": " + std::strerror(errno)};
}

// How long a read may wait before it looks whether it was told to stop.
constexpr int wait_ms_max = 100;

constexpr const char* shrank =
    "the file shrank while it was read; replay it again once it is complete";

}  // namespace

result<opened_file> opened_file::open(const std::string& path) {
  const int descriptor =
      path == "-" ? dup(STDIN_FILENO)
                  // Without O_NONBLOCK, a pipe would wait here for its writer, deaf to a stop.
                  : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    error failure = system_error("cannot be opened");
    failure.code = errno == ENOENT || errno == ENOTDIR ? errc::not_found : errc::unreadable;
    return failure;
  }
  struct stat about {};
  if (fstat(descriptor, &about) != 0) {
    error failure = system_error("cannot be examined");
    close(descriptor);
    return failure;
  }
  if (S_ISDIR(about.st_mode)) {
    close(descriptor);
    return error{errc::unreadable, "is a folder, where a file is expected"};
  }
  const bool regular = S_ISREG(about.st_mode) && path != "-";
  return opened_file{descriptor, regular, regular ? static_cast<std::uint64_t>(about.st_size) : 0};
}

opened_file::opened_file(opened_file&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)},
      regular_{other.regular_},
      size_{other.size_} {}

opened_file::~opened_file() {
  if (descriptor_ >= 0) {
    close(descriptor_);
  }
}

result<std::size_t> opened_file::read_at(std::uint64_t offset, char* into, std::size_t size) const {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t got =
        pread(descriptor_, into + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return system_error("cannot be read");
    }
    if (got == 0) {
      break;
    }
    done += static_cast<std::size_t>(got);
  }
  return done;
}

result<std::size_t> file_source::read(char* into, std::size_t size) {
  if (before_wait_) {
    before_wait_();
  }
  for (;;) {
    if (control_.stop.load(std::memory_order_relaxed)) {
      return error{errc::interrupted, "stopped on request before its end"};
    }
    pollfd waiting{file_.descriptor(), POLLIN, 0};
    if (!file_.regular() && poll(&waiting, 1, wait_ms_max) == 0) {
      continue;
    }
    const ssize_t got = ::read(file_.descriptor(), into, size);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
      continue;
    }
    if (got < 0) {
      return system_error("cannot be read");
    }
    if (got == 0 && file_.regular() && taken_ < file_.size()) {
      return error{errc::changed, shrank};
    }
    taken_ += static_cast<std::uint64_t>(got);
    control_.bytes_read.fetch_add(static_cast<std::uint64_t>(got), std::memory_order_relaxed);
    return static_cast<std::size_t>(got);
  }
}

result<std::size_t> range_source::read(char* into, std::size_t size) {
  if (control_.stop.load(std::memory_order_relaxed)) {
    return error{errc::interrupted, "stopped on request before its end"};
  }
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, end_ - at_));
  result<std::size_t> got = file_.read_at(at_, into, wanted);
  if (!got) {
    return got;
  }
  if (got.value() == 0 && wanted > 0) {
    return error{errc::changed, shrank};
  }
  at_ += got.value();
  control_.bytes_read.fetch_add(got.value(), std::memory_order_relaxed);
  return got;
}

result<std::size_t> read_whole(const opened_file& file, std::vector<char>& into,
                               read_control& control) {
  const auto size = static_cast<std::size_t>(file.size());
  if (into.size() < size) {
    into.resize(size);
  }
  result<std::size_t> got = file.read_at(0, into.data(), size);
  if (got) {
    control.bytes_read.fetch_add(got.value(), std::memory_order_relaxed);
    if (got.value() < size) {
      return error{errc::changed, shrank};
    }
  }
  return got;
}

}  // namespace trailbell::consume
