#include "consume/message_ledger.hpp"

#include <algorithm>

#include "trailbell/base/ensure.hpp"

namespace trailbell::consume {
namespace {

std::string name_of(const object_identity& object) {
  return object.bucket + "/" + object.key;  // no bucket's name has a slash
}

// Only what says of itself that it is another one is another one.
bool is_same(const std::string& etag, const std::string& other) {
  return etag.empty() || other.empty() || etag == other;
}

}  // namespace

void message_ledger::open(message_number message) {
  ensure(messages_.try_emplace(message).second, "a message is opened once");
}

std::pair<object_number, announced_before> message_ledger::add(message_number message,
                                                               const object_identity& object,
                                                               steady_time_point now) {
  expire(now);
  std::string name = name_of(object);
  std::vector<object_number>& awaited = messages_.at(message);
  if (const auto same = under_way_.find(name); same != under_way_.end()) {
    for (const object_number number : same->second) {
      known& one = objects_.at(number);
      if (is_same(one.etag, object.etag)) {
        if (std::find(awaited.begin(), awaited.end(), number) == awaited.end()) {
          awaited.push_back(number);
          one.awaiting.push_back(message);
        }
        return {number, announced_before::under_way};
      }
    }
  }
  if (const auto same = acked_.find(name);
      same != acked_.end() &&
      std::any_of(same->second.begin(), same->second.end(),
                  [&](const acked& one) { return is_same(one.etag, object.etag); })) {
    return {0, announced_before::acked};
  }
  under_way_[name].push_back(++last_object_);
  objects_.emplace(last_object_, known{std::move(name), object.etag, {message}});
  awaited.push_back(last_object_);
  return {last_object_, announced_before::no};
}

object_number message_ledger::add_own(message_number message) {
  objects_.emplace(++last_object_, known{{}, {}, {message}});
  messages_.at(message).push_back(last_object_);
  return last_object_;
}

bool message_ledger::is_done(message_number message) const {
  return messages_.at(message).empty();
}

bool message_ledger::is_awaited(object_number object) const {
  const auto found = objects_.find(object);
  return found != objects_.end() && !found->second.awaiting.empty();
}

std::vector<message_number> message_ledger::awaiting(object_number object) const {
  const auto found = objects_.find(object);
  return found == objects_.end() ? std::vector<message_number>{} : found->second.awaiting;
}

std::vector<message_number> message_ledger::ack(object_number object, bool keep,
                                                steady_time_point now) {
  std::vector<message_number> done;
  const auto found = objects_.find(object);
  if (found == objects_.end()) {
    return done;
  }
  for (const message_number message : found->second.awaiting) {
    std::vector<object_number>& awaited = messages_.at(message);
    std::erase(awaited, object);
    if (awaited.empty()) {
      done.push_back(message);
    }
  }
  leave(object, found->second);
  if (keep && !found->second.name.empty()) {
    remember(std::move(found->second), now);
  }
  objects_.erase(object);
  return done;
}

std::vector<message_number> message_ledger::give_back(object_number object) {
  const auto found = objects_.find(object);
  if (found == objects_.end()) {
    return {};
  }
  std::vector<message_number> waited = std::move(found->second.awaiting);
  for (const message_number message : waited) {
    std::erase(messages_.at(message), object);
  }
  leave(object, found->second);
  objects_.erase(found);
  return waited;
}

void message_ledger::close(message_number message) {
  const auto found = messages_.find(message);
  ensure(found != messages_.end(), "a message is closed once");
  for (const object_number object : found->second) {
    std::erase(objects_.at(object).awaiting, message);
  }
  messages_.erase(found);
}

void message_ledger::leave(object_number object, const known& gone) {
  const auto same = under_way_.find(gone.name);
  if (same != under_way_.end()) {
    std::erase(same->second, object);
    if (same->second.empty()) {
      under_way_.erase(same);
    }
  }
}

void message_ledger::remember(known gone, steady_time_point now) {
  acked_[gone.name].push_back({std::move(gone.etag), now});
  order_.emplace_back(now, std::move(gone.name));
  expire(now);
}

// Each entry of the order stands for the oldest that its name still has.
void message_ledger::expire(steady_time_point now) {
  while (!order_.empty() &&
         (order_.size() > within_.acked_max || now - order_.front().first >= within_.acked_for)) {
    const auto found = acked_.find(order_.front().second);
    found->second.erase(found->second.begin());
    if (found->second.empty()) {
      acked_.erase(found);
    }
    order_.pop_front();
  }
}

}  // namespace trailbell::consume
