// queue_keeper: what is owed to the messages of one queue while they are in flight, on a thread of
// its own: they stay hidden, and are removed or released when that is asked for.
//
// Half the visibility time-out after a message came or was extended, it is extended by the whole of
// it; one that is to be removed too, until it is. What fails is tried again, entry by entry, for as
// long as it makes sense.
//
// Thread-safety: every member but run() from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "consume/object_flow.hpp"
#include "consume/shared_text.hpp"
#include "trailbell/aws/sqs_client.hpp"
#include "trailbell/base/bounded_queue.hpp"
#include "trailbell/base/log.hpp"

namespace trailbell::consume {

// A sentence that names the queue, what was asked of it and, where AWS refuses, the permission that
// is missing.
[[nodiscard]] std::string describe(const aws::service_failure& failure, std::string_view action,
                                   std::string_view queue);

class queue_keeper {
 public:
  struct options {
    std::string name;                             // of the queue
    std::chrono::seconds visibility{0};           // 0: what the queue says
    bool wants_redrive = false;                   // it must have such a policy
    std::function<void(message_number)> on_lost;  // on its thread
    log_function log;
  };

  queue_keeper(options wishes, std::unique_ptr<aws::sqs_client> queue);

  // Until closed and done, or until `hurry` becomes true.
  void run(const std::atomic<bool>& hurry);
  void give(queue_chore chore);
  void close() { chores_.close(); }

  // Nothing: the queue was not asked yet, and nothing should be received.
  [[nodiscard]] std::optional<std::chrono::seconds> visibility() const;
  // What was asked of it and is not done: where that piles up, nothing more should be received.
  [[nodiscard]] std::size_t owed() const noexcept { return owed_.load(); }
  // Why it cannot do what it is for; empty: it can.
  [[nodiscard]] std::string trouble() const;
  void fill(queue_status& said) const;

 private:
  struct watched {
    std::string receipt;
    steady_time_point due, ends;
  };
  struct debt {
    queue_chore chore;
    int tries = 0;
  };

  void take(queue_chore chore);
  void ask_attributes(steady_time_point now);
  void extend(steady_time_point now);
  void extend_some(const std::vector<message_number>& some, steady_time_point now);
  void pay_some(std::deque<debt>& debts, steady_time_point& again, steady_time_point now);
  void lose(message_number message);
  [[nodiscard]] std::chrono::milliseconds wait_time(steady_time_point now) const;

  options options_;
  std::unique_ptr<aws::sqs_client> queue_;
  bounded_queue<queue_chore> chores_;
  std::unordered_map<message_number, watched> watched_;
  steady_time_point next_due_ = steady_time_point::max();
  std::deque<debt> to_remove_, to_release_;
  steady_time_point remove_at_{}, release_at_{}, ask_at_{};
  bool closing_ = false;

  std::atomic<std::int64_t> visibility_s_{0};
  std::atomic<std::uint64_t> deleted_{0}, extended_{0};
  std::atomic<std::int64_t> waiting_{-1};
  std::atomic<std::size_t> owed_{0};
  shared_text asking_, removing_, extending_;  // troubles
};

}  // namespace trailbell::consume
