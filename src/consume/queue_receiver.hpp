// queue_receiver: asks one queue for messages, on a thread of its own, while there are permits for
// them.
//
// Thread-safety: every member but run() from any thread.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "consume/queue_keeper.hpp"
#include "consume/shared_text.hpp"
#include "trailbell/base/bounded_queue.hpp"

namespace trailbell::consume {

class queue_receiver {
 public:
  struct options {
    std::size_t number = 0;  // of the queue
    std::string name;
    std::size_t permits = 256;                    // messages that it may hold at first, and ever
    std::atomic<message_number>* last = nullptr;  // of all receivers
    std::function<void(received_message)> on_message;
  };

  // `keeper` outlives it.
  queue_receiver(options wishes, std::unique_ptr<aws::sqs_client> queue, queue_keeper& keeper);

  // Until `stop` becomes true.
  void run(const std::atomic<bool>& stop);
  void permit(std::size_t messages);

  [[nodiscard]] std::string trouble() const { return trouble_.get(); }

 private:
  std::size_t take_permits();
  void hand_on(aws::sqs_message message);

  options options_;
  std::unique_ptr<aws::sqs_client> queue_;
  queue_keeper& keeper_;
  bounded_queue<char> permits_;
  int failures_ = 0;  // in a row
  shared_text trouble_;
};

}  // namespace trailbell::consume
