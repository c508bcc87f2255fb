#include "trailbell/emit/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "trailbell/emit/text_output.hpp"

namespace trailbell::emit {
namespace {

class output_file final : public output {
 public:
  output_file(output_options options, int descriptor)
      : options_{std::move(options)},
        output_{descriptor, "alerts", options_.path.empty() ? "standard output" : options_.path,
                options_.stop} {}

  result<done> deliver(const alert& what) override {
    append_alert(what, options_.style, output_.text());
    ++unwritten_;
    return counted(output_.settle());
  }

  result<done> flush() override { return counted(output_.flush()); }
  std::size_t unwritten() const noexcept override { return unwritten_; }

 private:
  result<done> counted(result<done> outcome) {
    if (outcome && output_.text().empty()) {
      unwritten_ = 0;
    }
    return outcome;
  }

  output_options options_;
  text_output output_;
  std::size_t unwritten_ = 0;
};

// A line that was cut when its writer was killed.
bool cut_off_last_line(int file) {
  struct stat about {};
  if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
    return true;
  }
  std::array<char, 4096> buffer;
  off_t end = about.st_size;
  while (end > 0) {
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(buffer.size()));
    const ssize_t got = pread(file, buffer.data(), static_cast<std::size_t>(end - begin), begin);
    if (got != end - begin) {
      return false;
    }
    const std::size_t line =
        std::string_view{buffer.data(), static_cast<std::size_t>(got)}.rfind('\n');
    if (line != std::string_view::npos) {
      end = begin + static_cast<off_t>(line) + 1;
      break;
    }
    end = begin;
  }
  return end == about.st_size || ftruncate(file, end) == 0;
}

}  // namespace

result<std::unique_ptr<output>> open_output_file(const output_options& options) {
  int descriptor = STDOUT_FILENO;
  if (!options.path.empty()) {
    constexpr mode_t owner_and_group = 0640;  // alerts name people and their addresses
    const int how = options.append ? O_RDWR | O_APPEND : O_WRONLY | O_TRUNC;
    descriptor = open(options.path.c_str(), how | O_CREAT | O_CLOEXEC, owner_and_group);
    if (descriptor < 0 || (options.append && !cut_off_last_line(descriptor))) {
      return error{errc::output_failed,
                   "cannot open " + options.path + " for alerts: " + std::strerror(errno)};
    }
  }
  return std::unique_ptr<output>{std::make_unique<output_file>(options, descriptor)};
}

}  // namespace trailbell::emit
