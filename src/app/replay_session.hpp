// What a replay tells: alerts to the output, losses and progress to a person, to quarantine and to
// the checkpoint.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "app/journal.hpp"
#include "trailbell/base/descriptor.hpp"
#include "trailbell/consume/replay_checkpoint.hpp"
#include "trailbell/emit/output.hpp"
#include "trailbell/emit/quarantine.hpp"
#include "trailbell/emit/report_page.hpp"
#include "trailbell/integrity/digest_check.hpp"
#include "trailbell/pipeline/replay.hpp"

namespace trailbell::app {

// Adds up the sizes of the files that will be read, while they are being read.
class total_counter {
 public:
  explicit total_counter(const std::vector<std::string>& paths);
  [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_.load(); }

 private:
  std::atomic<std::uint64_t> bytes_{0};
  std::jthread thread_;
};

struct replay_telling {
  bool show_progress = false;
  std::vector<std::string> paths;
  std::string output;  // the file of the alerts; empty: standard output
};

// Where a replay writes; nullptr: not wanted. All of them outlive it.
struct replay_outputs {
  emit::output& alerts;
  emit::report_page* report;
  emit::quarantine* quarantine;
  consume::replay_checkpoint* checkpoint;
  const integrity::digest_report* digests;  // what alerts say of their log file
};

class replay_session final : public pipeline::replay_listener {
 public:
  replay_session(const replay_telling& how, const replay_outputs& to,
                 const consume::read_control& control);

  bool on_alert(alert& found) override;
  bool on_idle() override;
  [[nodiscard]] std::size_t unwritten() const override { return output_.unwritten(); }
  void on_loss(const object_position& place, const pipeline::owned_loss& lost) override;
  void on_done(const consume::archive_item& item) override;
  void on_progress(const replay_totals& so_far) override;

  // What is done, into the checkpoint: once its alerts are where they belong, after a power cut too
  // where that is a file.
  void save();

  journal& log() noexcept { return journal_; }
  // An output, the quarantine or the checkpoint could not be written.
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  // Standard output's reader went away: not an error, the replay ends quietly.
  [[nodiscard]] bool output_closed() const noexcept { return output_closed_; }

 private:
  bool took(const result<done>& outcome);
  void fail(const std::string& why);
  void save_if_due();

  const bool show_progress_;
  emit::output& output_;
  emit::report_page* report_;
  emit::quarantine* quarantine_;
  consume::replay_checkpoint* checkpoint_;
  const integrity::digest_report* digests_;
  descriptor written_;  // the file of the alerts
  std::chrono::steady_clock::time_point saved_ = std::chrono::steady_clock::now();
  bool unsaved_ = false;
  const consume::read_control& control_;
  journal journal_;
  std::optional<total_counter> total_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::string failed_path_;
  bool failed_ = false;
  bool output_closed_ = false;
};

}  // namespace trailbell::app
