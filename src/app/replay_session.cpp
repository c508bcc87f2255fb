#include "app/replay_session.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "trailbell/base/timestamp.hpp"
#include "trailbell/consume/object_source.hpp"
#include "trailbell/observe/progress.hpp"

namespace trailbell::app {
namespace {

constexpr std::chrono::seconds save_interval{1};

std::size_t terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col - 1U : 79U;
}

bool can_be_counted(const std::string& path) {
  return path != "-" && !consume::is_s3_url(path);
}

}  // namespace

total_counter::total_counter(const std::vector<std::string>& paths)
    : thread_{[this, paths](const std::stop_token& stop) {
        consume::archive_source source{paths};
        std::uint64_t bytes = 0;
        while (std::optional<consume::archive_item> item = source.next()) {
          if (stop.stop_requested()) {
            return;
          }
          bytes += item->bytes;
        }
        bytes_.store(bytes);
      }} {}

replay_session::replay_session(const replay_telling& how, const replay_outputs& to,
                               const consume::read_control& control)
    : show_progress_{how.show_progress},
      output_{to.alerts},
      report_{to.report},
      quarantine_{to.quarantine},
      checkpoint_{to.checkpoint},
      digests_{to.digests},
      control_{control} {
  if (checkpoint_ != nullptr && !how.output.empty()) {
    written_ = descriptor{::open(how.output.c_str(), O_WRONLY | O_CLOEXEC)};
  }
  if (how.show_progress && std::all_of(how.paths.begin(), how.paths.end(), can_be_counted)) {
    total_.emplace(how.paths);
  }
}

bool replay_session::on_alert(alert& found) {
  found.detected_at_ns = system_now_ns();
  if (digests_ != nullptr) {
    found.log_file = digests_->of(found.place);
  }
  return took(output_.deliver(found)) && (report_ == nullptr || took(report_->add(found)));
}

bool replay_session::on_idle() {
  return took(output_.flush());
}

void replay_session::on_loss(const object_position& place, const pipeline::owned_loss& lost) {
  const std::string path = to_string(place);
  if (lost.kind == loss_kind::failed) {
    failed_path_ = path;
    journal_.lose(path, fmt::format("failed: {}", lost.reason));
  } else if (lost.kind != loss_kind::rest) {
    journal_.lose(path, fmt::format("byte {}, after {} records: {}: {}", lost.offset, lost.record,
                                    to_string(lost.kind), lost.reason));
  } else if (path == failed_path_ && path != "-") {
    return;  // a failed file is kept whole
  }
  if (quarantine_ != nullptr && lost.kind != loss_kind::unrecognised) {
    const result<done> kept = quarantine_->put_one(
        {place, lost.offset, lost.record, to_string(lost.kind), lost.reason, lost.bytes});
    if (!kept) {
      fail(kept.failure().message);
    }
  }
}

void replay_session::on_done(const consume::archive_item& item) {
  if (checkpoint_ == nullptr) {
    return;
  }
  checkpoint_->add(item);
  unsaved_ = true;
  save_if_due();
}

void replay_session::save_if_due() {
  const auto now = std::chrono::steady_clock::now();
  if (unsaved_ && now - saved_ >= save_interval) {
    saved_ = now;
    unsaved_ = false;
    save();
  }
}

void replay_session::save() {
  if (checkpoint_ == nullptr || !took(output_.flush())) {
    return;
  }
  // Of a pipe or a terminal there is nothing to make durable.
  const int file = written_.is_open() ? written_.get() : STDOUT_FILENO;
  if (fdatasync(file) != 0 && errno != EINVAL && errno != EROFS) {
    fail(std::string{"the alerts cannot be made durable: "} + std::strerror(errno));
    return;
  }
  if (const result<done> saved = checkpoint_->save(); !saved) {
    fail(saved.failure().message);
  }
}

void replay_session::on_progress(const replay_totals& so_far) {
  save_if_due();
  if (!show_progress_) {
    return;
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - began_;
  journal_.show_progress(observe::progress_line(
      {control_.bytes_read.load(), total_ ? total_->bytes() : 0, so_far.bytes_inflated,
       so_far.decoded.records, so_far.alerts, elapsed.count()},
      terminal_columns()));
}

bool replay_session::took(const result<done>& outcome) {
  if (outcome) {
    return !failed_ && !output_closed_;
  }
  if (outcome.failure().code == errc::output_closed) {
    output_closed_ = true;
  } else {
    fail(outcome.failure().message);
  }
  return false;
}

void replay_session::fail(const std::string& why) {
  journal_.say(why);
  failed_ = true;
}

}  // namespace trailbell::app
