#include "aws/small_file.hpp"

#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "trailbell/base/descriptor.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::aws {

result<std::string> read_small_file(const std::string& path) {
  const descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  const auto failed = [&path] {
    return error{errno == ENOENT || errno == ENOTDIR ? errc::not_found : errc::unreadable,
                 "cannot read " + path + ": " + std::strerror(errno)};
  };
  if (!file.is_open()) {
    return failed();
  }
  std::string out;
  std::array<char, 16 * limits::kib> buffer;
  while (true) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return failed();
    }
    if (got == 0) {
      return out;
    }
    out.append(buffer.data(), static_cast<std::size_t>(got));
    if (out.size() > limits::mib) {
      return error{errc::too_large, path + " is larger than 1 MiB"};
    }
  }
}

result<std::string> read_token_file(const std::string& path) {
  const result<std::string> text = read_small_file(path);
  if (!text) {
    return text.failure();
  }
  const std::string_view token = trimmed(text.value(), " \t\r\n");
  if (token.empty()) {
    return error{errc::unreadable, path + " is empty; it should hold a token"};
  }
  return std::string{token};
}

}  // namespace trailbell::aws
