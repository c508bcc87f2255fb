#include "trailbell/emit/text_output.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

namespace trailbell::emit {
namespace {

constexpr std::size_t gathered_bytes = std::size_t{64} * 1024;

}  // namespace

text_output::text_output(int descriptor, std::string what, std::string where,
                         const std::atomic<bool>* stop)
    : descriptor_{descriptor}, what_{std::move(what)}, where_{std::move(where)}, stop_{stop} {
  struct stat about {};
  may_wait_ = fstat(descriptor, &about) == 0 && !S_ISREG(about.st_mode);
}

text_output::~text_output() {
  (void)flush();
  if (descriptor_ != STDOUT_FILENO) {
    close(descriptor_);
  }
}

result<done> text_output::settle() {
  return text_.size() >= gathered_bytes ? flush() : result<done>{done{}};
}

// A pipe, a terminal or a socket may keep a writer waiting for ever; once a stop was asked for, it
// is given this long. False: nobody takes anything.
bool text_output::wait_for_room() const {
  constexpr int turn_ms = 100;
  constexpr int turns_after_stop = 10;
  pollfd waiting{descriptor_, POLLOUT, 0};
  for (int turns = 0; turns < turns_after_stop;) {
    const int ready = poll(&waiting, 1, turn_ms);
    if (ready > 0 || (ready < 0 && errno != EINTR)) {
      return true;  // the write will say what is wrong
    }
    turns = stop_ != nullptr && stop_->load(std::memory_order_relaxed) ? turns + 1 : 0;
  }
  return false;
}

error text_output::failure(errc code, const char* cause) {
  text_.clear();  // said once; the caller stops
  return {code, "cannot write " + what_ + " to " + where_ + ": " + cause};
}

result<done> text_output::flush() {
  std::size_t written = 0;
  while (written < text_.size()) {
    if (may_wait_ && !wait_for_room()) {
      return failure(errc::interrupted, "stopped on request, and nobody reads them");
    }
    // What poll() promises is room for this much.
    const std::size_t rest = text_.size() - written;
    const std::size_t piece = may_wait_ ? std::min<std::size_t>(rest, PIPE_BUF) : rest;
    const ssize_t wrote = write(descriptor_, text_.data() + written, piece);
    if (wrote < 0 && errno == EINTR) {
      continue;
    }
    if (wrote < 0) {
      return failure(errno == EPIPE ? errc::output_closed : errc::output_failed,
                     std::strerror(errno));
    }
    written += static_cast<std::size_t>(wrote);
  }
  text_.clear();
  return done{};
}

}  // namespace trailbell::emit
