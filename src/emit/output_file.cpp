#include "trailbell/emit/output_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
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

}  // namespace

result<std::unique_ptr<output>> open_output_file(const output_options& options) {
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
  return std::unique_ptr<output>{std::make_unique<output_file>(options, descriptor)};
}

}  // namespace trailbell::emit
