#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "trailbell/emit/file_sink.hpp"

namespace trailbell::emit {
namespace {

constexpr std::size_t alerts_a_delivery = 100;

class stdout_sink final : public sink {
 public:
  explicit stdout_sink(stdout_sink_options options) : options_{std::move(options)} {
    struct stat about {};
    may_wait_ = fstat(options_.descriptor, &about) == 0 && !S_ISREG(about.st_mode);
  }

  std::size_t alerts_max() const noexcept override { return alerts_a_delivery; }

  delivery_result deliver(std::span<const alert* const> alerts) override {
    std::string text = std::exchange(begun_, {});
    for (const alert* const one : alerts) {
      append_alert(*one, options_.style, text);
    }
    const auto [written, problem] = write_text(text);
    if (problem == 0) {
      had_begun_ = false;
      return {};
    }
    keep_begun_line(text, written);
    if (problem == EPIPE && options_.on_closed) {
      std::exchange(options_.on_closed, nullptr)();
    }
    return {delivery::retry,
            std::string{"cannot write alerts to standard output: "} +
                (problem == EPIPE       ? "its reader went away"
                 : problem == ETIMEDOUT ? "its reader takes nothing"
                                        : std::strerror(problem)),
            std::nullopt};
  }

 private:
  // How much of it, and errno where that is not all.
  std::pair<std::size_t, int> write_text(std::string_view text) const {
    std::size_t written = 0;
    while (written < text.size()) {
      pollfd waiting{options_.descriptor, POLLOUT, 0};
      if (may_wait_ && poll(&waiting, 1, static_cast<int>(options_.timeout.count())) == 0) {
        return {written, ETIMEDOUT};
      }
      // What poll() promises is room for this much.
      const std::size_t rest = text.size() - written;
      const std::size_t piece = may_wait_ ? std::min<std::size_t>(rest, PIPE_BUF) : rest;
      const ssize_t wrote = write(options_.descriptor, text.data() + written, piece);
      if (wrote < 0 && errno != EINTR) {
        return {written, errno};
      }
      written += wrote > 0 ? static_cast<std::size_t>(wrote) : 0;
    }
    return {written, 0};
  }

  // The rest of the line that the reader has half of.
  void keep_begun_line(std::string_view text, std::size_t written) {
    const bool whole_line = written == 0 ? !had_begun_ : text[written - 1] == '\n';
    had_begun_ = !whole_line;
    begun_ = whole_line ? std::string_view{}
                        : text.substr(written, text.find('\n', written) + 1 - written);
  }

  stdout_sink_options options_;
  bool may_wait_ = false;
  std::string begun_;
  bool had_begun_ = false;
};

}  // namespace

std::unique_ptr<sink> open_stdout_sink(stdout_sink_options options) {
  return std::make_unique<stdout_sink>(std::move(options));
}

}  // namespace trailbell::emit
