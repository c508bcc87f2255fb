// s3_reconciler: lists a bucket time after time, on a thread of its own, and hands on the objects
// that nobody announced: those that are neither known to be done with nor under way.
//
// A round is complete once all that it handed on is acknowledged; only then what it reached is
// remembered. The thread also keeps the record of what is done with.
//
// Thread-safety: every member but run() from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "consume/object_record.hpp"
#include "consume/reconcile_round.hpp"
#include "consume/s3_walk.hpp"
#include "consume/shared_text.hpp"
#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/consume/notification.hpp"
#include "trailbell/model/announced_status.hpp"

namespace trailbell::consume {

struct listed_object {
  message_number number = 0;
  announced_object object;
};

class s3_reconciler {
 public:
  struct options {
    std::string bucket;
    std::vector<std::string> prefixes;
    reconcile_times times;
    s3_opener open;
    std::atomic<message_number>* last = nullptr;  // of all messages
    std::function<void(listed_object)> on_object;
    log_function log, round_log;
  };
  // Objects that it may have handed on and that are not acknowledged, but for those that wait for
  // another attempt.
  static constexpr std::size_t permits_max = 256;

  // `record` outlives it.
  s3_reconciler(options wishes, object_record& record);

  // Until `stop` becomes true.
  void run(const std::atomic<bool>& stop);
  void permit(std::size_t objects);
  // What was handed on: it is read now, or was under way or done with.
  void taken(bool is_new);
  // What was handed on is acknowledged, or given back: then it is found again.
  void settled(message_number number, bool is_done);

  // Why it cannot do what it is for; empty: it can.
  [[nodiscard]] std::string trouble() const;
  [[nodiscard]] reconcile_status status(std::int64_t now_ns) const;

 private:
  struct round {
    time_range range;
    std::uint64_t listed = 0, handed_on = 0;
    bool is_listed = false;   // to its end
    bool is_whole = true;     // nothing failed, and nothing was given back
    std::uint64_t found = 0;  // of what was handed on: that was new; of rounds before, too
    bool is_first = false;    // of a new record: what it finds is no news
  };

  void begin_round();
  void list(const std::string& prefix, const std::atomic<bool>& stop);
  void take(archive_item item, const std::atomic<bool>& stop);
  [[nodiscard]] listed_as judge_all(const archive_item& item, const object_identity& object) const;
  void hand_on(object_identity object, const archive_item& item, const std::atomic<bool>& stop);
  void end_listing(std::chrono::steady_clock::time_point began);
  void try_complete();
  void tend();
  void wait_until(std::chrono::steady_clock::time_point then, const std::atomic<bool>& stop);
  void say(log_level level, const std::string& text) const;

  options options_;
  object_record& record_;
  bounded_queue<char> permits_{permits_max};
  std::chrono::steady_clock::time_point tended_{};
  shared_text listing_, keeping_;  // troubles

  mutable std::mutex mutex_;                                   // of all below
  std::unordered_map<message_number, std::string> under_way_;  // their names
  std::unordered_set<std::string> names_;                      // the same
  std::optional<round> round_;                                 // that is not complete
  reconcile_status status_;
};

}  // namespace trailbell::consume
