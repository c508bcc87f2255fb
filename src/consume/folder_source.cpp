#include "trailbell/consume/folder_source.hpp"

#include <poll.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include "consume/checkpoint.hpp"
#include "consume/directory_watch.hpp"
#include "trailbell/consume/archive_source.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds save_interval{1000};
constexpr std::chrono::seconds walk_interval{60};  // where watching does not do

class folder_source final : public source {
 public:
  folder_source(folder_source_options options, checkpoint done)
      : options_{std::move(options)}, checkpoint_{std::move(done)} {
    if (options_.watch) {
      for (const std::string& path : options_.paths) {
        watch_.add(path);
      }
    }
    walk_.emplace(options_.paths);
    walked_ = steady_clock::now();
  }

  [[nodiscard]] const char* name() const noexcept override { return "file"; }

  result<std::optional<source_batch>> take(milliseconds wait) override {
    if (const result<done> attended = attend(); !attended) {
      return attended.failure();
    }
    if (stopped_) {
      return std::optional<source_batch>{};
    }
    if (checkpoint_.is_full()) {
      ::poll(nullptr, 0, static_cast<int>(wait.count()));  // what is watched waits in the system
      return std::optional<source_batch>{};
    }
    while (walk_) {
      const std::optional<archive_item> item = walk_->next();
      if (!item) {
        walk_.reset();
        break;
      }
      if (std::optional<source_batch> made = make_batch(item->path)) {
        return made;
      }
    }
    if (options_.watch) {
      std::vector<std::string> paths;
      watch_.take(waiting_.empty() ? wait : milliseconds{0}, paths);
      waiting_.insert(waiting_.end(), paths.begin(), paths.end());
    }
    while (!waiting_.empty()) {
      const std::string path = std::move(waiting_.front());
      waiting_.pop_front();
      if (is_ours(path)) {
        if (std::optional<source_batch> made = make_batch(path)) {
          return made;
        }
      }
    }
    return std::optional<source_batch>{};
  }

  result<done> attend() override {
    const auto now = steady_clock::now();
    const bool again = watch_.missed() || (options_.watch && !watch_.problem().empty() &&
                                           now - walked_ >= walk_interval);
    if (again && !walk_) {
      walk_.emplace(options_.paths);
      walked_ = now;
    }
    if (now - saved_ < save_interval) {
      return done{};
    }
    saved_ = now;
    const result<done> saved = checkpoint_.save();
    save_problem_ = saved ? std::string{} : saved.failure().message;
    if (checkpoint_.is_full()) {
      save_problem_ += "; no more files are taken until it can be";
    }
    return done{};
  }

  void settle(receipt_id receipt, outcome what) override {
    const auto at = open_.find(receipt);
    if (at == open_.end()) {
      return;
    }
    if (what == outcome::acked) {
      checkpoint_.add(at->second.path, at->second.stamp);
    } else {
      waiting_.push_back(at->second.path);
    }
    const auto reading = reading_.find(at->second.path);
    if (reading != reading_.end() && reading->second == at->second.stamp) {
      reading_.erase(reading);
    }
    open_.erase(at);
  }

  void stop() override { stopped_ = true; }
  result<done> close() override { return checkpoint_.save(); }
  [[nodiscard]] bool ended() const noexcept override {
    return stopped_ || (!options_.watch && !walk_ && waiting_.empty());
  }
  [[nodiscard]] source_status status() const override { return {save_problem_, {}, 0, 0, {}}; }

 private:
  struct under_way {
    std::string path;
    file_stamp stamp;
  };

  // Of a path that is a file, its folder is watched: others in it are not meant.
  [[nodiscard]] bool is_ours(const std::string& path) const {
    return std::any_of(options_.paths.begin(), options_.paths.end(), [&](const std::string& own) {
      const std::string folder = own.ends_with('/') ? own : own + "/";
      return path == own || path.starts_with(folder) ||
             (own.find('/') == std::string::npos && path == "./" + own);
    });
  }

  std::optional<source_batch> make_batch(const std::string& path) {
    const std::optional<file_stamp> found = stamp_of(path);
    const file_stamp stamp = found.value_or(file_stamp{});
    if (found && checkpoint_.is_done(path, stamp)) {
      return std::nullopt;
    }
    const auto [reading, fresh] = reading_.try_emplace(path, stamp);
    if (!fresh && reading->second == stamp) {
      return std::nullopt;
    }
    reading->second = stamp;
    source_batch made;
    made.receipt = ++last_;
    made.place.name = path;
    made.bytes = static_cast<std::size_t>(stamp.bytes);
    open_[made.receipt] = {path, stamp};
    return made;
  }

  folder_source_options options_;
  checkpoint checkpoint_;
  directory_watch watch_;
  std::optional<archive_source> walk_;
  std::deque<std::string> waiting_;
  std::map<receipt_id, under_way> open_;
  std::unordered_map<std::string, file_stamp> reading_;  // the last look at each path in open_
  receipt_id last_ = 0;
  steady_clock::time_point walked_, saved_{};
  std::string save_problem_;
  bool stopped_ = false;
};

}  // namespace

result<std::unique_ptr<source>> open_folder_source(folder_source_options options) {
  for (const std::string& path : options.paths) {
    std::error_code failed;
    if (!std::filesystem::exists(path, failed)) {
      return error{errc::usage, path + ": no such file or folder"};
    }
  }
  result<checkpoint> done = checkpoint::open(options.checkpoint);
  if (!done) {
    return done.failure();
  }
  return std::unique_ptr<source>{
      std::make_unique<folder_source>(std::move(options), std::move(done.value()))};
}

}  // namespace trailbell::consume
