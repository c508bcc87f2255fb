#include "consume/object_flow.hpp"

#include <algorithm>

namespace trailbell::consume {
namespace {

using std::chrono::seconds;

seconds release_wait(int receive_count) {
  constexpr seconds most{60};
  seconds wait{1};
  for (; receive_count > 0 && wait < most; --receive_count) {
    wait *= 2;
  }
  return std::min(wait, most);
}

// Objects that may not be read are asked for at least twice in that time.
constexpr seconds denied_bound{150};
// So long may every object fail to be read before that counts as not ready.
constexpr seconds passing_bound{10};

}  // namespace

object_flow::object_flow(flow_options options, std::size_t queues)
    : options_{std::move(options)}, permits_(queues + 1, 0) {
  status_.queues.resize(queues + 1);  // the last: of what was listed; status() leaves it out
}

bool object_flow::is_listed(message_number message) const {
  return messages_.at(message).queue + 1 == permits_.size();
}

bool object_flow::add_listed(message_number number, announced_object object, flow_time now) {
  ledger_.open(number);
  message_state& message = messages_[number];
  message.queue = permits_.size() - 1;
  message.sent_ns = now.ns;
  if (stopped_) {
    release(number, seconds{0});
    return false;
  }
  const bool is_new = add_object(number, object, now).has_value();
  if (ledger_.is_done(number)) {
    finish(number);
  }
  return is_new;
}

void object_flow::add(received_message message, flow_time now) {
  queue_status& queue = status_.queues[message.queue];
  ++queue.received;
  queue.redelivered += message.receive_count > 1 ? 1 : 0;
  for (std::size_t i = 0; i < status_.notices.size(); ++i) {
    status_.notices[i] += message.said.notices[i];
  }
  ledger_.open(message.number);
  messages_[message.number] = {message.queue, message.receipt, message.id, message.receive_count,
                               message.sent_ns > 0 ? message.sent_ns : now.ns};
  if (stopped_) {
    release(message.number, seconds{0});
    return;
  }
  const message_number number = message.number;
  const std::vector<object_number> fresh = add_objects(message, now);
  const notification& said = message.said;
  const bool is_new = !fresh.empty() || said.has_records || !said.fault.empty();
  if (options_.quarantines && message.receive_count > options_.max_receives && is_new) {
    for (const object_number object : fresh) {
      drop(object);
    }
    add_own(message, "it was received " + std::to_string(message.receive_count) +
                         " times and never done with (max_receives: " +
                         std::to_string(options_.max_receives) + ")");
  } else {
    if (said.has_records) {
      add_own(message, "");
    }
    if (!said.fault.empty() && options_.quarantines) {
      add_own(message,
              "the message of queue " + message.queue_name + " is no notification: " + said.fault);
    } else if (!said.fault.empty()) {
      messages_.at(number).to_release = true;
    }
  }
  if (ledger_.is_done(number)) {
    finish(number);
  }
}

// Those that are not under way yet.
std::vector<object_number> object_flow::add_objects(const received_message& message,
                                                    flow_time now) {
  std::vector<object_number> fresh;
  for (const announced_object& one : message.said.objects) {
    if (const auto object = add_object(message.number, one, now)) {
      fresh.push_back(*object);
    } else {
      ++status_.objects[static_cast<std::size_t>(object_outcome::duplicate)];
    }
  }
  return fresh;
}

std::optional<object_number> object_flow::add_object(message_number message,
                                                     const announced_object& object,
                                                     flow_time now) {
  const object_identity identity{object.bucket, object.key, object.etag};
  if (options_.was_done && options_.was_done(identity)) {
    return std::nullopt;
  }
  const auto [number, before] = ledger_.add(message, identity, now.steady);
  if (before != announced_before::no) {
    return std::nullopt;
  }
  object_state state;
  state.about = object;
  state.since_ns = messages_.at(message).sent_ns;
  objects_.emplace(number, std::move(state));
  backlog_.push_back(number);
  return number;
}

// The message itself is a batch.
void object_flow::add_own(received_message& message, std::string problem) {
  const object_number own = ledger_.add_own(message.number);
  object_state& state = objects_[own];
  state.place = "sqs:" + message.queue_name + "/" + message.id;
  give(own, message.body, std::move(problem));
}

std::optional<source_batch> object_flow::next_batch() {
  while (!stopped_ && !ready_.empty()) {
    ready_object ready = std::move(ready_.front());
    ready_.pop_front();
    if (!ledger_.is_awaited(ready.object)) {
      drop(ready.object);
      continue;
    }
    object_state& object = objects_.at(ready.object);
    ahead_ -= std::exchange(object.reserved, 0);
    object.taken = true;
    source_batch made;
    made.receipt = ready.object;
    made.place.source = source_kind::s3;
    made.place.bucket = object.about.bucket;
    made.place.name = object.place.empty() ? object.about.key : object.place;
    made.objects.push_back({*ready.bytes, 0});
    made.bytes = ready.bytes->size();
    made.owner = std::move(ready.bytes);
    made.problem = std::move(ready.problem);
    return made;
  }
  return std::nullopt;
}

void object_flow::settle(object_number number, outcome what, flow_time now) {
  const auto found = objects_.find(number);
  if (found == objects_.end()) {
    return;
  }
  const object_state object = std::move(found->second);
  objects_.erase(found);
  if (what == outcome::acked) {
    if (options_.was_done && object.place.empty() && object.is_told) {
      acked_.push_back({{object.about.bucket, object.about.key, object.about.etag}, !object.keeps});
    }
    if (object.about.event_ns) {
      status_.lag_seconds = static_cast<double>(now.ns - *object.about.event_ns) / 1e9;
    }
    // Who knows what was done before knows its version, too.
    const bool keeps = object.keeps && !options_.was_done;
    for (const message_number message : ledger_.ack(number, keeps, now.steady)) {
      finish(message);
    }
    return;
  }
  for (const message_number message : ledger_.give_back(number)) {
    release(message, stopped_ ? seconds{0} : release_wait(messages_.at(message).receive_count));
  }
}

void object_flow::lost(message_number message) {
  const auto found = messages_.find(message);
  if (found != messages_.end()) {
    ++status_.queues[found->second.queue].lost;
    close(message);
  }
}

// All that it announced is done with.
void object_flow::finish(message_number number) {
  const message_state& message = messages_.at(number);
  if (message.to_release) {
    release(number, release_wait(message.receive_count));
    return;
  }
  chores_.emplace_back(message.queue,
                       queue_chore{queue_chore::kind::remove, number, message.receipt, seconds{0}});
  close(number);
}

void object_flow::release(message_number number, seconds hidden_for) {
  const message_state& message = messages_.at(number);
  ++status_.queues[message.queue].released;
  chores_.emplace_back(
      message.queue, queue_chore{queue_chore::kind::release, number, message.receipt, hidden_for});
  close(number);
}

void object_flow::close(message_number number) {
  const auto found = messages_.find(number);
  let_receive(found->second);
  ledger_.close(number);
  messages_.erase(found);
}

void object_flow::let_receive(message_state& message) {
  if (std::exchange(message.has_permit, false)) {
    ++permits_[message.queue];
  }
}

std::optional<std::pair<std::size_t, queue_chore>> object_flow::next_chore() {
  if (chores_.empty()) {
    return std::nullopt;
  }
  auto one = std::move(chores_.front());
  chores_.pop_front();
  return one;
}

std::optional<acked_object> object_flow::next_acked() {
  if (acked_.empty()) {
    return std::nullopt;
  }
  std::optional<acked_object> one = std::move(acked_.front());
  acked_.pop_front();
  return one;
}

void object_flow::stop() {
  stopped_ = true;
  std::vector<message_number> idle;
  for (const auto& [number, message] : messages_) {
    const auto& awaited = ledger_.awaited_by(number);
    if (std::none_of(awaited.begin(), awaited.end(),
                     [this](object_number object) { return objects_.at(object).taken; })) {
      idle.push_back(number);
    }
  }
  for (const message_number number : idle) {
    release(number, seconds{0});
  }
}

void object_flow::release_all() {
  while (!messages_.empty()) {
    release(messages_.begin()->first, seconds{0});
  }
}

std::string object_flow::trouble(steady_time_point now) const {
  for (const auto& [bucket, why] : denied_) {
    if (now - why.second < denied_bound) {
      return why.first;
    }
  }
  const bool wants_some = fetching_ > 0 || !parked_.empty() || !backlog_.empty();
  return wants_some && !passing_.empty() && now - passing_since_ >= passing_bound ? passing_
                                                                                  : std::string{};
}

announced_status object_flow::status(std::int64_t now_ns) const {
  announced_status said = status_;
  for (const auto& [number, message] : messages_) {
    queue_status& queue = said.queues[message.queue];
    ++queue.in_flight;
    queue.oldest_seconds =
        std::max(queue.oldest_seconds, static_cast<double>(now_ns - message.sent_ns) / 1e9);
    queue.receive_count_max = std::max(queue.receive_count_max, message.receive_count);
  }
  said.queues.pop_back();
  return said;
}

}  // namespace trailbell::consume
