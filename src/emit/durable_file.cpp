#include "emit/durable_file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <vector>

namespace trailbell::emit {

error durable_file::failure() const {
  return {errc::output_failed, "cannot write " + path_ + ": " + std::strerror(errno)};
}

result<durable_file> durable_file::begin(const std::string& path) {
  constexpr mode_t owner_and_group = 0640;  // records name people and their addresses
  const std::string temporary = path + std::string{unfinished};
  durable_file made{path, descriptor{::open(temporary.c_str(),
                                            O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
                                            owner_and_group)}};
  if (!made.file_.is_open()) {
    return made.failure();
  }
  return made;
}

durable_file::~durable_file() {
  if (file_.is_open()) {
    ::unlink((path_ + std::string{unfinished}).c_str());
  }
}

result<done> durable_file::write(std::string_view bytes) {
  return write_all(file_.get(), bytes) == 0 ? result<done>{done{}} : failure();
}

result<done> durable_file::copy(int source, std::uint64_t bytes_max) {
  std::vector<char> block(std::size_t{256} * 1024);
  while (bytes_max > 0) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes_max, block.size()));
    const ssize_t got = ::read(source, block.data(), wanted);
    if (got < 0 && errno != EINTR) {
      return error{errc::unreadable, std::strerror(errno)};
    }
    if (got == 0) {
      break;
    }
    if (got > 0) {
      bytes_max -= static_cast<std::uint64_t>(got);
      if (result<done> wrote = write({block.data(), static_cast<std::size_t>(got)}); !wrote) {
        return wrote;
      }
    }
  }
  return done{};
}

result<done> durable_file::sync() const {
  return ::fsync(file_.get()) == 0 ? result<done>{done{}} : failure();
}

result<done> durable_file::finish() {
  const std::string temporary = path_ + std::string{unfinished};
  if (std::rename(temporary.c_str(), path_.c_str()) != 0) {
    return failure();
  }
  file_ = descriptor{};
  return done{};
}

bool sync_folder_of(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path{path}.parent_path();
  const descriptor opened{
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return opened.is_open() && (::fsync(opened.get()) == 0 || errno == EINVAL);
}

}  // namespace trailbell::emit
