// health: is the service ready, and is it alive?
//
// Ready is a set of named conditions, fixed at the start, each of which holds or says why not.
// Alive are loops that beat: one that has not for longer than it may makes the process one to be
// restarted. Pure but for its mutex, which is held for a few assignments; time is passed in.
//
// Thread-safety: any thread.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace trailbell::app {

struct health_report {
  bool good = false;
  std::string text;  // lines for a person: what is not as it should be
};

class readiness {
 public:
  // None holds yet: each is `starting`.
  explicit readiness(const std::vector<std::string>& conditions);

  // Of a condition by its place in that list. An empty reason: it holds.
  void set(std::size_t place, std::string_view why_not);
  // Nothing is ready any more, whatever the conditions are: the service stops.
  void set_stopping();

  // Reasons are escaped and cut: they may quote what others sent.
  [[nodiscard]] health_report report() const;

 private:
  struct condition {
    std::string name, why_not;
  };
  mutable std::mutex mutex_;
  std::vector<condition> conditions_;
  bool stopping_ = false;
};

struct watched_loop {
  std::string name;
  std::int64_t silence_max_ns = 0;
};

class liveness {
 public:
  liveness(std::vector<watched_loop> loops, std::int64_t now_ns);

  // The loop at that place in the list goes round. Times are of one steady clock.
  void beat(std::size_t loop, std::int64_t now_ns) noexcept;
  // The loop has ended as it should: it need not beat any more.
  void end(std::size_t loop) noexcept;
  [[nodiscard]] health_report report(std::int64_t now_ns) const;

 private:
  std::vector<watched_loop> loops_;
  std::vector<std::atomic<std::int64_t>> beats_;
};

}  // namespace trailbell::app
