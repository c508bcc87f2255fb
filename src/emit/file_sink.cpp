#include "trailbell/emit/file_sink.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "emit/alert_file.hpp"
#include "emit/rotated_files.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::emit {
namespace {

constexpr std::size_t alerts_a_delivery = 1000;

class file_sink final : public sink {
 public:
  file_sink(file_sink_options options, alert_file file) : options_{std::move(options)} {
    use(std::move(file));
  }

  std::size_t alerts_max() const noexcept override { return alerts_a_delivery; }

  delivery_result deliver(std::span<const alert* const> alerts) override {
    text_.clear();
    for (const alert* const one : alerts) {
      append_alert(*one, options_.style, text_);
    }
    result<done> outcome = follow();
    if (outcome) {
      outcome = rotate_if_due(text_.size());
    }
    if (outcome) {
      outcome = file_->append(text_);
    }
    return outcome ? delivery_result{}
                   : delivery_result{delivery::retry, outcome.failure().message, std::nullopt};
  }

  // What goes wrong here is said by the next delivery.
  void on_idle() override {
    if (follow()) {
      (void)rotate_if_due(0);
    }
  }

  void reopen() override {
    file_.reset();
    (void)follow();
  }

 private:
  void use(alert_file file) {
    const std::int64_t born = file.size() > 0 ? file.born_ns() : 0;
    begun_ns_ = born > 0 ? born : options_.now_ns();
    file_.emplace(std::move(file));
  }

  // To the file that the path names by now.
  result<done> follow() {
    if (file_ && file_->is_in_place()) {
      return done{};
    }
    file_.reset();
    result<alert_file> opened = alert_file::open(options_.path, options_.sync);
    if (!opened) {
      return opened.failure();
    }
    use(std::move(opened.value()));
    return done{};
  }

  bool is_due(std::uint64_t size, std::size_t more) {
    const auto age = std::chrono::nanoseconds{options_.now_ns() - begun_ns_};
    const bool large = options_.rotate_bytes > 0 && size + more > options_.rotate_bytes;
    const bool old = options_.rotate_every.count() > 0 && age >= options_.rotate_every;
    return large || old;
  }

  result<done> rotate_if_due(std::size_t more) {
    if (!file_->is_regular()) {
      return done{};
    }
    const std::uint64_t size = file_->size();
    if (size == 0) {
      begun_ns_ = more > 0 ? options_.now_ns() : begun_ns_;
      return done{};
    }
    if (!is_due(size, more)) {
      return done{};
    }
    const std::string aside = rotated_name(options_.path, options_.now_ns());
    if (std::rename(options_.path.c_str(), aside.c_str()) != 0) {
      return done{};
    }
    if (result<done> opened = follow(); !opened) {
      return opened;
    }
    if (options_.keep > 0) {
      prune_rotated_files(options_.path, options_.keep);
    }
    return done{};
  }

  file_sink_options options_;
  std::optional<alert_file> file_;  // none where it could not be opened anew
  std::int64_t begun_ns_ = 0;
  std::string text_;
};

}  // namespace

result<std::unique_ptr<sink>> open_file_sink(file_sink_options options) {
  if (!options.now_ns) {
    options.now_ns = system_now_ns;
  }
  result<alert_file> file = alert_file::open(options.path, options.sync);
  if (!file) {
    return file.failure();
  }
  const std::filesystem::path folder = std::filesystem::path{options.path}.parent_path();
  const bool rotates = options.rotate_bytes > 0 || options.rotate_every.count() > 0;
  if (rotates && file.value().is_regular() &&
      access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) {
    return error{errc::output_failed, "cannot rotate " + options.path +
                                          ": its folder forbids renaming; allow it, or ask for no "
                                          "rotation"};
  }
  return std::unique_ptr<sink>{
      std::make_unique<file_sink>(std::move(options), std::move(file.value()))};
}

}  // namespace trailbell::emit
