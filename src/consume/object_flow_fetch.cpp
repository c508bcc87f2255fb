// The object_flow where objects are fetched: what is wanted next, and what became of it.
#include <algorithm>

#include "consume/object_flow.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Objects that wait for another attempt hold up no others, up to so many.
constexpr std::size_t parked_max = 2'000;
constexpr std::size_t reserved_min = 16 * limits::kib;

// Doubles with each try.
milliseconds park_wait(get_failure why, int tries) {
  milliseconds wait{why == get_failure::passing ? 500 : why == get_failure::denied ? 2'000 : 1'000};
  const milliseconds most{why == get_failure::denied ? 60'000 : 30'000};
  for (; tries > 0 && wait < most; --tries) {
    wait *= 2;
  }
  return std::min(wait, most);
}

// What announces the object, so that it can be sent to the queue again.
std::string announcement_of(const announced_object& object) {
  std::string text = R"({"s3Bucket":)";
  append_json_text(object.bucket, text);
  text += R"(,"s3ObjectKey":[)";
  append_json_text(object.key, text);
  return text + "]}\n";
}

template <class Outcome, class Counts>
void count(Counts& counts, Outcome what) {
  ++counts[static_cast<std::size_t>(what)];
}

}  // namespace

void object_flow::fetched(fetched_object got, flow_time now) {
  --fetching_;
  const auto found = objects_.find(got.object);
  if (found == objects_.end()) {
    return;  // it was dropped meanwhile
  }
  object_state& object = found->second;
  ahead_ -= std::exchange(object.reserved, 0);
  if (stopped_) {
    return;
  }
  if (!got.failure) {
    const auto slot = static_cast<std::size_t>(
        std::lower_bound(get_bounds_s.begin(), get_bounds_s.end(), got.seconds) -
        get_bounds_s.begin());
    ++status_.get_times[slot];
    status_.get_seconds += got.seconds;
    status_.get_bytes += got.bytes.size();
    count(status_.objects, object_outcome::read);
    typical_bytes_ = (typical_bytes_ * 7 + got.bytes.size()) / 8;
    passing_.clear();
    denied_.erase(object.about.bucket);
    object.about.etag = got.etag.empty() ? object.about.etag : std::move(got.etag);
    give(got.object, std::move(got.bytes), "");
    return;
  }
  count(status_.get_failures, *got.failure);
  const bool late =
      nanoseconds{now.ns - object.since_ns} >= nanoseconds{options_.missing_object_wait};
  switch (*got.failure) {
    case get_failure::too_large:
      poison(got.object, got.message, object_outcome::too_large);
      return;
    case get_failure::missing:
    case get_failure::refused:
      if (late) {
        poison(got.object, got.message,
               *got.failure == get_failure::missing ? object_outcome::missing
                                                    : object_outcome::refused);
        return;
      }
      break;
    case get_failure::denied:
      denied_[object.about.bucket] = {got.message, now.steady};
      break;
    case get_failure::passing:
      passing_since_ = passing_.empty() ? now.steady : passing_since_;
      passing_ = got.message;
      break;
  }
  park(got.object, *got.failure, now.steady);
}

// What was read of it lately says what the next ones will have, where nobody else does.
std::size_t object_flow::likely_bytes(const object_state& object) const {
  const std::uint64_t bytes = object.about.bytes.value_or(2 * typical_bytes_);
  return std::max<std::size_t>(static_cast<std::size_t>(bytes), reserved_min);
}

std::optional<wanted_object> object_flow::next_wanted(steady_time_point now) {
  while (!parked_.empty() && parked_.top().first <= now) {
    if (objects_.contains(parked_.top().second)) {
      backlog_.push_front(parked_.top().second);
    }
    parked_.pop();
  }
  while (!stopped_ && !backlog_.empty() && fetching_ < options_.fetches_max) {
    const object_number number = backlog_.front();
    const auto found = objects_.find(number);
    if (found == objects_.end() || !ledger_.is_awaited(number)) {
      drop(number);
      backlog_.pop_front();
      continue;
    }
    object_state& object = found->second;
    const std::size_t bytes = likely_bytes(object);
    if (ahead_ > 0 && ahead_ + bytes > options_.ahead_bytes) {
      break;
    }
    backlog_.pop_front();
    object.reserved = bytes;
    ahead_ += bytes;
    ++fetching_;
    return wanted_object{number, object.about.bucket, object.about.key};
  }
  return std::nullopt;
}

void object_flow::give(object_number object, std::string bytes, std::string problem) {
  objects_.at(object).reserved = bytes.size();
  ahead_ += bytes.size();
  ready_.push_back(
      {object, std::make_shared<const std::string>(std::move(bytes)), std::move(problem)});
}

// Nobody waits for it any more, or it will not be had.
void object_flow::drop(object_number number) {
  ledger_.give_back(number);
  const auto found = objects_.find(number);
  if (found != objects_.end()) {
    ahead_ -= found->second.reserved;
    objects_.erase(found);
  }
}

void object_flow::poison(object_number number, const std::string& why, object_outcome outcome) {
  object_state& object = objects_.at(number);
  count(status_.objects, outcome);
  object.keeps = false;
  // What comes to be there, or becomes another, is to be found.
  object.is_told = outcome != object_outcome::missing && !object.about.etag.empty();
  const std::vector<message_number> waiting = ledger_.awaiting(number);
  if (options_.quarantines ||
      std::any_of(waiting.begin(), waiting.end(), [this](auto one) { return is_listed(one); })) {
    give(number, announcement_of(object.about), why);
    return;
  }
  for (const message_number message : waiting) {
    messages_.at(message).to_release = true;
  }
  const std::vector<message_number> done = ledger_.ack(number, false, {});
  objects_.erase(number);
  for (const message_number message : done) {
    finish(message);
  }
}

void object_flow::park(object_number number, get_failure why, steady_time_point now) {
  object_state& object = objects_.at(number);
  parked_.emplace(now + park_wait(why, object.tries), number);
  ++object.tries;
  if (parked_.size() < parked_max) {
    for (const message_number message : ledger_.awaiting(number)) {
      let_receive(messages_.at(message));
    }
  }
}

}  // namespace trailbell::consume
