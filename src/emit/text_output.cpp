#include "trailbell/emit/text_output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace trailbell::emit {
namespace {

constexpr std::size_t gathered_bytes = std::size_t{64} * 1024;

}  // namespace

text_output::text_output(int descriptor, std::string what, std::string where)
    : descriptor_{descriptor}, what_{std::move(what)}, where_{std::move(where)} {}

text_output::~text_output() {
  (void)flush();
  if (descriptor_ != STDOUT_FILENO) {
    close(descriptor_);
  }
}

result<done> text_output::settle() {
  return text_.size() >= gathered_bytes ? flush() : result<done>{done{}};
}

result<done> text_output::flush() {
  std::size_t written = 0;
  while (written < text_.size()) {
    const ssize_t wrote = write(descriptor_, text_.data() + written, text_.size() - written);
    if (wrote < 0 && errno == EINTR) {
      continue;
    }
    if (wrote < 0) {
      const int cause = errno;
      text_.clear();  // said once; the caller stops
      return error{cause == EPIPE ? errc::output_closed : errc::output_failed,
                   "cannot write " + what_ + " to " + where_ + ": " + std::strerror(cause)};
    }
    written += static_cast<std::size_t>(wrote);
  }
  text_.clear();
  return done{};
}

}  // namespace trailbell::emit
