#include "consume/s3_reconciler.hpp"

#include <algorithm>
#include <utility>

#include "consume/s3_layout.hpp"
#include "consume/s3_tries.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr milliseconds tend_interval{1'000};
constexpr milliseconds look_interval{100};
constexpr milliseconds listing_interval{10};
// What was announced while the service was away is the queue's to give first, for so long.
constexpr milliseconds first_wait_max{60'000};
// A round that is not whole is followed by another so soon, or sooner.
constexpr milliseconds again_max{60'000};

std::string name_of(const object_identity& object) {
  return object.bucket + "/" + object.key;
}

std::string counted(std::uint64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

s3_reconciler::s3_reconciler(options wishes, object_record& record)
    : options_{std::move(wishes)}, record_{record} {
  permit(permits_max);
}

void s3_reconciler::permit(std::size_t objects) {
  for (; objects > 0; --objects) {
    permits_.try_push(0);  // there are never more than at first
  }
}

void s3_reconciler::run(const std::atomic<bool>& stop) {
  say(log_level::info, "objects that nobody announced are looked for from " +
                           format_rfc3339(record_.since_ns()) + " on; " +
                           counted(record_.size(), "object") + " that are done with are known");
  wait_until(steady_clock::now() + std::min(options_.times.delay, first_wait_max), stop);
  while (!stop.load()) {
    const auto began = steady_clock::now();
    begin_round();
    for (const std::string& prefix : options_.prefixes) {
      list(prefix, stop);
    }
    if (stop.load()) {
      return;
    }
    end_listing(began);
    wait_until(began + options_.times.every, stop);
  }
}

void s3_reconciler::begin_round() {
  try_complete();
  const time_range range =
      range_of_round(options_.times, system_now_ns(), record_.since_ns(), record_.reached_ns());
  const bool is_new_record = record_.reached_ns() == record_.since_ns();
  const std::lock_guard lock{mutex_};
  status_.rounds_incomplete += round_ ? 1 : 0;
  round next;
  next.range = range;
  next.found = round_ ? round_->found : 0;
  next.is_first = is_new_record && status_.rounds_complete == 0;
  round_ = next;
}

void s3_reconciler::list(const std::string& prefix, const std::atomic<bool>& stop) {
  s3_walk_options wish;
  wish.of = {options_.bucket, prefix};
  wish.open = options_.open;
  wish.trails_only = true;
  wish.may_be_empty = true;
  {
    const std::lock_guard lock{mutex_};
    wish.days = days_of(round_->range.from_ns, round_->range.to_ns);
  }
  s3_walk walk{std::move(wish), stop};
  while (!stop.load()) {
    while (!walk.is_ready() && !stop.load()) {
      tend();
      wait_unless(stop, listing_interval);
    }
    std::optional<archive_item> item = walk.next();
    if (!item) {
      return;
    }
    take(std::move(*item), stop);
  }
}

void s3_reconciler::take(archive_item item, const std::atomic<bool>& stop) {
  if (item.problem) {
    const std::string why =
        "s3://" + item.bucket + "/" + item.path +
        " cannot be listed to find what nobody announced: " + item.problem->message;
    if (item.problem->code != errc::interrupted) {
      listing_.set(why);
      say(log_level::warning, why);
    }
    const std::lock_guard lock{mutex_};
    round_->is_whole = false;
    return;
  }
  object_identity object{item.bucket, item.path, item.etag};
  std::erase(object.etag, '"');
  const listed_as what = judge_all(item, object);
  {
    const std::lock_guard lock{mutex_};
    ++round_->listed;
    // What is missing is counted when it is taken.
    status_.objects[static_cast<std::size_t>(what)] += what == listed_as::missing ? 0 : 1;
  }
  if (what == listed_as::missing) {
    hand_on(std::move(object), item, stop);
  }
  tend();
}

listed_as s3_reconciler::judge_all(const archive_item& item, const object_identity& object) const {
  time_range range;
  {
    const std::lock_guard lock{mutex_};
    if (names_.contains(name_of(object))) {
      return listed_as::known;
    }
    range = round_->range;
  }
  const listed_as what = judge(item, range);
  return what == listed_as::missing &&
                 (record_.is_done(object) || record_.is_done(object, done_by::quarantine))
             ? listed_as::known
             : what;
}

void s3_reconciler::hand_on(object_identity object, const archive_item& item,
                            const std::atomic<bool>& stop) {
  bool closed = false;
  while (!permits_.pop_for(look_interval, closed)) {
    tend();
    if (stop.load()) {
      return;
    }
  }
  listed_object one;
  one.number = options_.last->fetch_add(1) + 1;
  {
    const std::lock_guard lock{mutex_};
    under_way_.emplace(one.number, name_of(object));
    names_.insert(name_of(object));
    ++round_->handed_on;
  }
  one.object.bucket = std::move(object.bucket);
  one.object.key = std::move(object.key);
  one.object.etag = std::move(object.etag);
  one.object.bytes = item.bytes;
  options_.on_object(std::move(one));
}

void s3_reconciler::taken(bool is_new) {
  const std::lock_guard lock{mutex_};
  ++status_.objects[static_cast<std::size_t>(is_new ? listed_as::missing : listed_as::known)];
  if (round_ && is_new) {
    ++round_->found;
  }
}

void s3_reconciler::settled(message_number number, bool is_done) {
  const std::lock_guard lock{mutex_};
  const auto found = under_way_.find(number);
  if (found != under_way_.end()) {
    names_.erase(found->second);
    under_way_.erase(found);
  }
  if (round_ && !is_done) {
    round_->is_whole = false;
  }
}

void s3_reconciler::end_listing(steady_clock::time_point began) {
  std::string text;
  bool is_whole = false;
  {
    const std::lock_guard lock{mutex_};
    round_->is_listed = true;
    is_whole = round_->is_whole;
    text = counted(round_->listed, "object") + " listed that " +
           format_rfc3339(round_->range.from_ns) + " to " + format_rfc3339(round_->range.to_ns) +
           " may have; " + std::to_string(round_->handed_on) +
           " of them neither done with nor young";
  }
  if (is_whole) {
    listing_.clear();
  }
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
  if (options_.round_log) {
    options_.round_log(log_level::info, text + "; " + std::to_string(took.count()) + " ms");
  }
  try_complete();
}

void s3_reconciler::try_complete() {
  std::optional<round> complete;
  {
    const std::lock_guard lock{mutex_};
    if (!round_ || !round_->is_listed || !round_->is_whole || !under_way_.empty()) {
      return;
    }
    complete.swap(round_);
    ++status_.rounds_complete;
  }
  const std::int64_t next_from =
      range_of_round(options_.times, system_now_ns(), record_.since_ns(), complete->range.to_ns)
          .from_ns;
  record_.reach(complete->range.to_ns, forgettable_before(next_from));
  if (complete->found > 0 && complete->is_first) {
    say(log_level::info,
        counted(complete->found, "object") + " that the first listing found are acknowledged");
  } else if (complete->found > 0) {
    say(log_level::warning, counted(complete->found, "object") +
                                " that nobody announced in time are acknowledged; see whether "
                                "notifications are late or lost");
  }
}

// What must not wait for a listing.
void s3_reconciler::tend() {
  const auto now = steady_clock::now();
  if (now - tended_ < tend_interval) {
    return;
  }
  tended_ = now;
  try_complete();
  const result<done> saved = record_.save();
  if (!saved && keeping_.get().empty()) {
    say(log_level::warning, saved.failure().message);
  }
  saved ? keeping_.clear()
        : keeping_.set(saved.failure().message +
                       "; after a restart what is read now would be read again");
}

void s3_reconciler::wait_until(steady_clock::time_point then, const std::atomic<bool>& stop) {
  const auto again = steady_clock::now() + again_max;
  while (!stop.load() && steady_clock::now() < then) {
    {
      const std::lock_guard lock{mutex_};
      if (round_ && !round_->is_whole && steady_clock::now() >= again) {
        return;
      }
    }
    tend();
    wait_unless(stop, look_interval);
  }
}

std::string s3_reconciler::trouble() const {
  const std::string text = listing_.get();
  return text.empty() ? keeping_.get() : text;
}

reconcile_status s3_reconciler::status(std::int64_t now_ns) const {
  reconcile_status said;
  {
    const std::lock_guard lock{mutex_};
    said = status_;
    said.under_way = under_way_.size();
  }
  said.remembered = record_.size();
  said.lag_seconds = static_cast<double>(now_ns - record_.reached_ns()) / 1e9;
  return said;
}

void s3_reconciler::say(log_level level, const std::string& text) const {
  if (options_.log) {
    options_.log(level, "reconcile: " + text);
  }
}

}  // namespace trailbell::consume
