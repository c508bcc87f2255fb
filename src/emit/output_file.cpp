#include "trailbell/emit/output_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "trailbell/emit/alert_writer.hpp"

namespace trailbell::emit {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{64} * 1024;

class output_file final : public sink {
 public:
  output_file(output_options options, int descriptor)
      : options_{std::move(options)}, descriptor_{descriptor} {}

  ~output_file() override {
    (void)flush();
    if (descriptor_ != STDOUT_FILENO) {
      close(descriptor_);
    }
  }

  result<done> deliver(const alert& what) override {
    if (options_.format == alert_format::text) {
      append_text(what, {options_.colour}, buffer_);
    } else {
      append_jsonl(what, {options_.with_record}, buffer_);
    }
    return buffer_.size() >= buffer_bytes ? flush() : result<done>{done{}};
  }

  result<done> flush() override {
    std::size_t written = 0;
    while (written < buffer_.size()) {
      const ssize_t wrote = write(descriptor_, buffer_.data() + written, buffer_.size() - written);
      if (wrote < 0 && errno == EINTR) {
        continue;
      }
      if (wrote < 0) {
        const int cause = errno;
        buffer_.clear();  // said once; the caller stops
        return failure(cause);
      }
      written += static_cast<std::size_t>(wrote);
    }
    buffer_.clear();
    return done{};
  }

 private:
  [[nodiscard]] error failure(int cause) const {
    const std::string name = options_.path.empty() ? "standard output" : options_.path;
    return {cause == EPIPE ? errc::output_closed : errc::output_failed,
            "cannot write alerts to " + name + ": " + std::strerror(cause)};
  }

  output_options options_;
  int descriptor_;
  std::string buffer_;
};

}  // namespace

result<std::unique_ptr<sink>> open_output_file(const output_options& options) {
  int descriptor = STDOUT_FILENO;
  if (!options.path.empty()) {
    constexpr mode_t owner_and_group = 0640;  // alerts name people and their addresses
    descriptor =
        open(options.path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, owner_and_group);
    if (descriptor < 0) {
      return error{errc::output_failed,
                   "cannot open " + options.path + " for alerts: " + std::strerror(errno)};
    }
  }
  return std::unique_ptr<sink>{std::make_unique<output_file>(options, descriptor)};
}

}  // namespace trailbell::emit
