#include "emit/entry_content.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace trailbell::emit {

entry_content content_of(const quarantine_entry& entry) {
  entry_content found{entry.bytes, {}, entry.bytes.size(), {}};
  if (entry.kind != "failed" || !entry.bytes.empty() || entry.place.source != source_kind::file ||
      entry.place.name == "-") {
    return found;
  }
  descriptor file{::open(entry.place.name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat about {};
  if (!file.is_open() || fstat(file.get(), &about) != 0) {
    found.not_copied = std::strerror(errno);
  } else if (!S_ISREG(about.st_mode)) {
    found.not_copied = "no file";
  } else {
    found.file = std::move(file);
    found.size = static_cast<std::uint64_t>(about.st_size);
  }
  return found;
}

}  // namespace trailbell::emit
