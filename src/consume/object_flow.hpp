// object_flow: what becomes of messages and of the objects that they announce.
//
// Messages come in; what is to be fetched, given on as batches and done at the queues comes out. A
// message is removed from its queue when all that it announced is acked, and released otherwise.
// One that is no notification, came too often, or names an object that cannot be had within a
// stated time is poison: it goes to quarantine, as a batch with a problem, and is then removed; or
// it is released, time after time, for the queue's redrive policy to take. An object that may not
// be read holds its message for as long as that lasts.
//
// Objects that a listing found are no message's: they are added as the messages of one more queue,
// behind the others, whose chores tell who listed them what became of them. As no redrive policy
// takes them, they go to quarantine.
//
// Pure: no threads, and every time is passed in. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "consume/message_ledger.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/consume/notification.hpp"
#include "trailbell/consume/source.hpp"
#include "trailbell/model/announced_status.hpp"

namespace trailbell::consume {

struct flow_options {
  bool quarantines = true;  // poison; else it is left to the redrive policy
  std::chrono::milliseconds missing_object_wait{std::chrono::minutes{15}};
  int max_receives = 5;
  std::size_t ahead_bytes = 64 * limits::mib;
  std::size_t fetches_max = 32;
  // Whether an object was done with before; where it is given, next_acked() tells what is to be
  // remembered.
  std::function<bool(const object_identity&)> was_done{};
};

struct received_message {
  message_number number = 0;
  std::size_t queue = 0;
  std::string queue_name, id, receipt, body;
  int receive_count = 1;
  std::int64_t sent_ns = 0;  // since 1970; 0: nobody says
  notification said;
};

// For the keeper of a queue.
struct queue_chore {
  enum class kind : std::uint8_t {
    watch,    // stays hidden until it is removed or released
    remove,   // from the queue
    release,  // others may have it after `hidden_for`
  };
  kind what;
  message_number message = 0;
  std::string receipt;
  std::chrono::seconds hidden_for{};
};

struct wanted_object {
  object_number object = 0;
  std::string bucket, key;
};

struct fetched_object {
  object_number object = 0;
  std::optional<get_failure> failure;  // nothing: `bytes` are it
  std::string bytes;
  std::string message;  // of the failure
  double seconds = 0;
  std::string etag{};  // of what was read, without quotes
};

// Done with, by being read or by being put into quarantine.
struct acked_object {
  object_identity object;
  bool quarantined = false;
};

struct flow_time {
  steady_time_point steady;
  std::int64_t ns = 0;  // since 1970
};

class object_flow {
 public:
  object_flow(flow_options options, std::size_t queues);

  void add(received_message message, flow_time now);
  // Under a number that no message has. False: it is under way, or done with.
  bool add_listed(message_number number, announced_object object, flow_time now);
  void fetched(fetched_object object, flow_time now);
  // Its visibility could not be extended: others may have it.
  void lost(message_number message);
  void settle(object_number object, outcome what, flow_time now);

  std::optional<wanted_object> next_wanted(steady_time_point now);
  std::optional<source_batch> next_batch();
  std::optional<std::pair<std::size_t, queue_chore>> next_chore();
  std::optional<acked_object> next_acked();
  // So many more messages of that queue may be received than when it was last asked.
  std::size_t take_permits(std::size_t queue) { return std::exchange(permits_[queue], 0); }

  // Nothing new is given on. What was not taken is released.
  void stop();
  // So is what was taken.
  void release_all();
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

  // Why objects cannot be read; empty: they can.
  [[nodiscard]] std::string trouble(steady_time_point now) const;
  [[nodiscard]] announced_status status(std::int64_t now_ns) const;

 private:
  struct message_state {
    std::size_t queue = 0;
    std::string receipt, id;
    int receive_count = 0;
    std::int64_t sent_ns = 0;
    bool has_permit = true;
    bool to_release = false;  // once it is done: it is poison, and left to the redrive policy
  };
  struct object_state {
    announced_object about;
    std::string place;         // of what is a message's own: instead of `about`
    std::size_t reserved = 0;  // of ahead_bytes
    int tries = 0;
    std::int64_t since_ns = 0;  // when it was announced
    bool taken = false;
    bool keeps = true;    // is remembered once it is acked; else it may be announced again
    bool is_told = true;  // by next_acked()
  };
  struct ready_object {
    object_number object = 0;
    std::shared_ptr<const std::string> bytes;
    std::string problem;
  };
  using parked = std::pair<steady_time_point, object_number>;

  std::vector<object_number> add_objects(const received_message& message, flow_time now);
  std::optional<object_number> add_object(message_number message, const announced_object& object,
                                          flow_time now);
  void add_own(received_message& message, std::string problem);
  void poison(object_number object, const std::string& why, object_outcome outcome);
  void park(object_number object, get_failure why, steady_time_point now);
  void give(object_number object, std::string bytes, std::string problem);
  void drop(object_number object);
  void finish(message_number message);
  void release(message_number message, std::chrono::seconds hidden_for);
  void close(message_number message);
  void let_receive(message_state& message);
  [[nodiscard]] bool is_listed(message_number message) const;
  [[nodiscard]] std::size_t likely_bytes(const object_state& object) const;

  flow_options options_;
  message_ledger ledger_{{}};
  std::unordered_map<message_number, message_state> messages_;
  std::unordered_map<object_number, object_state> objects_;
  std::deque<object_number> backlog_;
  std::priority_queue<parked, std::vector<parked>, std::greater<>> parked_;
  std::deque<ready_object> ready_;
  std::deque<std::pair<std::size_t, queue_chore>> chores_;
  std::deque<acked_object> acked_;
  std::vector<std::size_t> permits_;
  std::size_t fetching_ = 0, ahead_ = 0;
  std::size_t typical_bytes_ = 256 * limits::kib;  // of objects lately
  bool stopped_ = false;
  std::map<std::string, std::pair<std::string, steady_time_point>> denied_;  // by bucket
  std::string passing_;  // the last failure, where nothing was read since
  steady_time_point passing_since_{};
  announced_status status_;
};

}  // namespace trailbell::consume
