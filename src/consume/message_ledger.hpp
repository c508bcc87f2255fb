// message_ledger: which messages of queues wait for which objects.
//
// A message is done when all that it announces is acked. Objects are known by bucket, key and ETag
// (where both messages say one): one that is announced again while it is under way, or was acked
// not long ago, is not read again; the message waits for it, or is done at once. What was acked is
// remembered within bounds in number and time. Pure; one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "trailbell/consume/source.hpp"

namespace trailbell::consume {

using message_number = std::uint64_t;  // of one delivery; never reused
using object_number = receipt_id;      // never reused
using steady_time_point = std::chrono::steady_clock::time_point;

struct object_identity {
  std::string bucket, key;
  std::string etag;  // empty: nobody says
};

enum class announced_before : std::uint8_t { no, under_way, acked };

class message_ledger {
 public:
  struct bounds {
    std::size_t acked_max = 20'000;
    std::chrono::minutes acked_for{60};
  };

  explicit message_ledger(bounds within) : within_{within} {}

  // A number that no message has had.
  void open(message_number message);
  // The message waits for that object too; not where it was acked.
  std::pair<object_number, announced_before> add(message_number message,
                                                 const object_identity& object,
                                                 steady_time_point now);
  // For something of its own, which no other message announces.
  object_number add_own(message_number message);

  // It waits for nothing.
  [[nodiscard]] bool is_done(message_number message) const;
  // Some message waits for it.
  [[nodiscard]] bool is_awaited(object_number object) const;
  [[nodiscard]] std::vector<message_number> awaiting(object_number object) const;
  [[nodiscard]] const std::vector<object_number>& awaited_by(message_number message) const {
    return messages_.at(message);
  }
  [[nodiscard]] std::size_t messages() const noexcept { return messages_.size(); }

  // Not under way any more. `remember`: whoever announces it again comes too late.
  // The messages that are done with it; they are to be closed.
  std::vector<message_number> ack(object_number object, bool remember, steady_time_point now);
  // Not under way any more, and not acked: the messages that waited for it.
  std::vector<message_number> give_back(object_number object);
  // Of the message nothing is known any more; what it waited for stays under way.
  void close(message_number message);

 private:
  struct known {
    std::string name;  // bucket/key; empty: a message's own
    std::string etag;
    std::vector<message_number> awaiting;
  };
  struct acked {
    std::string etag;
    steady_time_point at;
  };

  void leave(object_number object, const known& gone);
  void remember(known gone, steady_time_point now);
  void expire(steady_time_point now);

  bounds within_;
  object_number last_object_ = 0;
  std::unordered_map<message_number, std::vector<object_number>> messages_;
  std::unordered_map<object_number, known> objects_;
  std::unordered_map<std::string, std::vector<object_number>> under_way_;  // by name
  std::unordered_map<std::string, std::vector<acked>> acked_;              // by name
  std::deque<std::pair<steady_time_point, std::string>> order_;            // of acked_
};

}  // namespace trailbell::consume
