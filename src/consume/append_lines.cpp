#include "consume/append_lines.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

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

result<lines_read> read_lines(
    int file, const std::function<result<done>(std::string_view, std::uint64_t)>& take) {
  lines_read read;
  std::vector<char> buffer(std::size_t{256} * 1024);
  for (off_t at = 0;;) {
    const ssize_t got = pread(file, buffer.data(), buffer.size(), at);
    if (got < 0) {
      return error{errc::unreadable, std::strerror(errno)};
    }
    if (got == 0) {
      return read;
    }
    at += got;
    read.rest.append(buffer.data(), static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end = read.rest.find('\n'); end != read.rest.npos;
         end = read.rest.find('\n', begin)) {
      const std::string_view line = std::string_view{read.rest}.substr(begin, end - begin);
      if (const result<done> taken = take(line, read.count++); !taken) {
        return taken.failure();
      }
      begin = end + 1;
    }
    read.rest.erase(0, begin);
    read.whole = at - static_cast<off_t>(read.rest.size());
  }
}

std::optional<descriptor> replace_lines(const std::string& path, std::string_view lines) {
  const std::string fresh = path + ".new";
  descriptor file{::open(fresh.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600)};
  if (!file.is_open() || write_all(file.get(), lines) != 0 || fdatasync(file.get()) != 0 ||
      std::rename(fresh.c_str(), path.c_str()) != 0) {
    return std::nullopt;
  }
  return file;
}

}  // namespace trailbell::consume
