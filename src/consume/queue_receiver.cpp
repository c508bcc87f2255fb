#include "consume/queue_receiver.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "consume/s3_tries.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds look_interval{100};
// A failure that AWS's own retries did not mend, so many times in a row, is said.
constexpr int failures_said = 2;

// Messages that are done, and whose queue does not take that.
constexpr std::size_t owed_max = 2'000;

milliseconds retry_wait(int failures) {
  return std::min(milliseconds{500} * (1 << std::min(failures, 6)), milliseconds{20'000});
}

}  // namespace

queue_receiver::queue_receiver(options wishes, std::unique_ptr<aws::sqs_client> queue,
                               queue_keeper& keeper)
    : options_{std::move(wishes)},
      queue_{std::move(queue)},
      keeper_{keeper},
      permits_{options_.permits} {
  permit(options_.permits);
}

void queue_receiver::permit(std::size_t messages) {
  for (; messages > 0; --messages) {
    permits_.try_push(0);  // there are never more than at first
  }
}

std::size_t queue_receiver::take_permits() {
  bool closed = false;
  std::size_t taken = 0;
  milliseconds wait = look_interval;
  while (taken < aws::sqs_batch_max && permits_.pop_for(wait, closed)) {
    ++taken;
    wait = milliseconds{0};
  }
  return taken;
}

void queue_receiver::run(const std::atomic<bool>& stop) {
  while (!stop.load()) {
    const auto visibility = keeper_.visibility();
    if (!visibility || keeper_.owed() > owed_max) {
      wait_unless(stop, look_interval);
      continue;
    }
    const std::size_t room = take_permits();
    if (room == 0) {
      continue;
    }
    auto got = queue_->receive(room, aws::sqs_wait_max, visibility);
    if (!got) {
      permit(room);
      if (stop.load()) {
        return;
      }
      if (++failures_ >= failures_said || !got.failure().passing()) {
        trouble_.set(describe(got.failure(), "ReceiveMessage", options_.name));
      }
      wait_unless(stop, retry_wait(failures_ - 1));
      continue;
    }
    failures_ = 0;
    trouble_.clear();
    permit(room - std::min(room, got.value().size()));
    for (aws::sqs_message& message : got.value()) {
      hand_on(std::move(message));
    }
  }
}

void queue_receiver::hand_on(aws::sqs_message message) {
  received_message one;
  one.number = options_.last->fetch_add(1) + 1;
  one.queue = options_.number;
  one.queue_name = options_.name;
  one.id = std::move(message.id);
  one.receipt = std::move(message.receipt);
  one.receive_count = std::max(message.receive_count, 1);
  one.sent_ns = message.sent_ms * 1'000'000;
  one.said = read_notification(message.body);
  one.body = std::move(message.body);
  keeper_.give({queue_chore::kind::watch, one.number, one.receipt, {}});
  options_.on_message(std::move(one));
}

}  // namespace trailbell::consume
