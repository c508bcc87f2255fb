#include "emit/alert_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "emit/durable_file.hpp"

namespace trailbell::emit {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;

// Where the last line begins that has no end; the file's size where every line has one. Negative:
// errno says why not.
std::int64_t last_line_begin(int file, std::int64_t size) {
  std::vector<char> block(std::size_t{64} * 1024);
  for (std::int64_t end = size; end > 0;) {
    const auto wanted = std::min(end, static_cast<std::int64_t>(block.size()));
    const std::int64_t begin = end - wanted;
    const ssize_t got = pread(file, block.data(), static_cast<std::size_t>(wanted), begin);
    if (got < 0) {
      return -1;
    }
    const std::string_view text{block.data(), static_cast<std::size_t>(got)};
    if (const std::size_t found = text.rfind('\n'); found != std::string_view::npos) {
      return begin + static_cast<std::int64_t>(found) + 1;
    }
    end = begin;
  }
  return 0;
}

}  // namespace

error alert_file::failure(const char* doing, int cause) const {
  const bool full = cause == ENOSPC || cause == EDQUOT || cause == EFBIG;
  return {errc::output_failed, std::string{"cannot "} + doing + " " + path_ + ": " +
                                   std::strerror(cause) + (full ? "; make room" : "")};
}

result<alert_file> alert_file::open(const std::string& path, file_sync sync) {
  constexpr mode_t owner_and_group = 0640;  // alerts name people and their addresses
  constexpr int turns_max = 10;
  for (int turn = 0; turn < turns_max; ++turn) {
    // O_NONBLOCK: a pipe without a reader is refused below, and not waited for.
    descriptor file{::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK,
                           owner_and_group)};
    if (!file.is_open()) {
      return error{errc::output_failed,
                   "cannot open " + path + " for alerts: " + std::strerror(errno)};
    }
    alert_file made{path, std::move(file), sync};
    struct stat about {};
    if (fstat(made.file_.get(), &about) != 0 ||
        (!S_ISREG(about.st_mode) && !S_ISCHR(about.st_mode))) {
      return error{
          errc::output_failed,
          path +
              " is no file; alerts are appended to a file (standard output has a sink of its own)"};
    }
    made.regular_ = S_ISREG(about.st_mode);
    if (!made.regular_) {
      return made;
    }
    if (const result<done> locked = made.lock(); !locked) {
      return locked.failure();
    }
    if (!made.is_in_place()) {
      continue;  // another process rotated it before the lock was ours
    }
    if (const result<done> settled = made.settle_last_line(); !settled) {
      return settled.failure();
    }
    if (sync == file_sync::batch) {
      (void)sync_folder_of(path);
    }
    return made;
  }
  return error{errc::output_failed, "cannot open " + path + " for alerts: it is being replaced"};
}

// A file system without locks is no reason to write nothing.
result<done> alert_file::lock() {
  if (flock(file_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    return error{errc::output_failed,
                 path_ + ": another process or sink writes to it; give each a file of its own"};
  }
  return done{};
}

// What a crash or a power cut left of a line of ours begins like one, or is zeros.
result<done> alert_file::settle_last_line() {
  const auto end = static_cast<std::int64_t>(size());
  const std::int64_t begin = last_line_begin(file_.get(), end);
  char first = '\n';
  if (begin < 0 || (begin < end && pread(file_.get(), &first, 1, begin) != 1)) {
    return failure("read the last line of", errno);
  }
  if (begin == end) {
    return done{};
  }
  const bool ours = first == '{' || first == '\0';
  const int problem =
      ours ? (ftruncate(file_.get(), begin) == 0 ? 0 : errno) : write_all(file_.get(), "\n");
  return problem == 0 ? result<done>{done{}} : failure("settle the last line of", problem);
}

std::uint64_t alert_file::size() const {
  struct stat about {};
  return fstat(file_.get(), &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
}

bool alert_file::is_in_place() const {
  struct stat here {
  }, there{};
  return !regular_ || (fstat(file_.get(), &here) == 0 && stat(path_.c_str(), &there) == 0 &&
                       here.st_dev == there.st_dev && here.st_ino == there.st_ino);
}

std::int64_t alert_file::born_ns() const {
  struct statx about {};
  if (statx(file_.get(), "", AT_EMPTY_PATH, STATX_BTIME | STATX_MTIME, &about) != 0) {
    return 0;
  }
  const bool known = (about.stx_mask & STATX_BTIME) != 0;
  const statx_timestamp& time = known ? about.stx_btime : about.stx_mtime;
  return time.tv_sec * ns_per_second + time.tv_nsec;
}

// Somebody may have truncated the file in the meantime: it is never made longer.
void alert_file::cut_to(std::uint64_t whole) {
  if (!regular_) {
    return;
  }
  whole_ = whole;
  if (size() > whole) {
    torn_ = ftruncate(file_.get(), static_cast<off_t>(whole)) != 0;
  } else {
    torn_ = !settle_last_line().ok();
  }
}

result<done> alert_file::append(std::string_view lines) {
  if (torn_) {
    cut_to(whole_);
    if (torn_) {
      return failure("cut off half a line of", errno);
    }
  }
  const std::uint64_t before = size();
  int problem = write_all(file_.get(), lines);
  if (problem == 0 && regular_ && sync_ == file_sync::batch && fdatasync(file_.get()) != 0) {
    problem = errno;  // what the kernel still has of it may never reach the disk: once more, anew
  }
  if (problem == 0) {
    return done{};
  }
  cut_to(before);
  return failure("write alerts to", problem);
}

}  // namespace trailbell::emit
