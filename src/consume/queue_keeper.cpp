#include "consume/queue_keeper.hpp"

#include <algorithm>
#include <utility>

namespace trailbell::consume {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// Far more than are ever in flight: nobody waits to give one.
constexpr std::size_t chores_max = 65'536;
// A batch that is not full waits so long for company.
constexpr milliseconds gather_time{100};
constexpr milliseconds idle_time{1'000};
constexpr seconds ask_interval{30};
constexpr seconds ask_again{5};
// Where nobody tells what the queue's own is.
constexpr seconds visibility_default{60};
constexpr int tries_while_closing = 3;
constexpr int release_tries_max = 5;

milliseconds retry_wait(int tries) {
  return std::min(milliseconds{500} * (1 << std::min(tries, 5)), milliseconds{10'000});
}

bool is_denied(const aws::service_failure& failure) {
  return failure.what == aws::service_failure::kind::refused &&
         failure.code.find("AccessDenied") != std::string::npos;
}

bool is_of_kms(const std::string& code) {
  return code.find("KMS") != std::string::npos || code.find("Kms") != std::string::npos;
}

}  // namespace

std::string describe(const aws::service_failure& failure, std::string_view action,
                     std::string_view queue) {
  std::string text = "queue " + std::string{queue} + ": " + failure.message;
  if (is_of_kms(failure.code)) {
    text += "; the queue is encrypted: kms:Decrypt on its key is missing";
  } else if (is_denied(failure)) {
    text += "; the permission sqs:" + std::string{action} + " on the queue is missing";
  }
  return text;
}

queue_keeper::queue_keeper(options wishes, std::unique_ptr<aws::sqs_client> queue)
    : options_{std::move(wishes)},
      queue_{std::move(queue)},
      chores_{chores_max},
      asking_{"queue " + options_.name + " was not asked yet"} {}

void queue_keeper::run(const std::atomic<bool>& hurry) {
  while (!hurry.load()) {
    std::optional<queue_chore> chore = chores_.pop_for(wait_time(steady_clock::now()), closing_);
    for (; chore; chore = chores_.pop_for(milliseconds{0}, closing_)) {
      take(std::move(*chore));
    }
    if (closing_ && to_remove_.empty() && to_release_.empty()) {
      return;
    }
    ask_attributes(steady_clock::now());
    extend(steady_clock::now());
    pay_some(to_remove_, remove_at_, steady_clock::now());
    pay_some(to_release_, release_at_, steady_clock::now());
  }
}

void queue_keeper::give(queue_chore chore) {
  if (chore.what != queue_chore::kind::watch) {
    owed_.fetch_add(1);
  }
  chores_.push(std::move(chore));
}

milliseconds queue_keeper::wait_time(steady_time_point now) const {
  steady_time_point next = std::min(next_due_, now + idle_time);
  next = std::min(next, ask_at_);
  next = to_remove_.empty() ? next : std::min(next, remove_at_);
  next = to_release_.empty() ? next : std::min(next, release_at_);
  return std::max(std::chrono::ceil<milliseconds>(next - now), milliseconds{0});
}

void queue_keeper::take(queue_chore chore) {
  const steady_time_point now = steady_clock::now();
  if (chore.what == queue_chore::kind::watch) {
    const seconds visibility{std::max<std::int64_t>(visibility_s_.load(), 1)};
    const steady_time_point due = now + milliseconds{visibility} / 2;
    watched_[chore.message] = {std::move(chore.receipt), due, now + visibility};
    next_due_ = std::min(next_due_, due);
    return;
  }
  const bool remove = chore.what == queue_chore::kind::remove;
  std::deque<debt>& debts = remove ? to_remove_ : to_release_;
  steady_time_point& at = remove ? remove_at_ : release_at_;
  if (debts.empty()) {
    at = std::max(at, now + gather_time);
  }
  if (!remove) {
    watched_.erase(chore.message);
  }
  debts.push_back({std::move(chore), 0});
  if (debts.size() >= aws::sqs_batch_max && debts.front().tries == 0) {
    at = now;
  }
}

std::optional<seconds> queue_keeper::visibility() const {
  const std::int64_t known = visibility_s_.load();
  return known > 0 ? std::optional{seconds{known}} : std::nullopt;
}

// What the queue says of itself; without the permission to ask for it, it is told what holds.
void queue_keeper::ask_attributes(steady_time_point now) {
  if (closing_ || now < ask_at_) {
    return;
  }
  ask_at_ = now + ask_interval;
  const auto got = queue_->attributes();
  const bool first = visibility_s_.load() == 0;
  if (got) {
    waiting_.store(static_cast<std::int64_t>(got.value().waiting.value_or(0)));
    const seconds own =
        got.value().visibility.count() > 0 ? got.value().visibility : visibility_default;
    visibility_s_.store((options_.visibility.count() > 0 ? options_.visibility : own).count());
    asking_.set(options_.wants_redrive && !got.value().has_redrive
                    ? "queue " + options_.name +
                          " has no redrive policy, and on_poison: redrive leaves to it what "
                          "cannot be read: give the queue one, or write on_poison: quarantine"
                    : "");
  } else if (is_denied(got.failure()) && !options_.wants_redrive) {
    if (first && options_.log) {
      options_.log(log_level::warning,
                   describe(got.failure(), "GetQueueAttributes", options_.name) +
                       "; without it the visibility time-out is set with each message");
    }
    visibility_s_.store(
        (options_.visibility.count() > 0 ? options_.visibility : visibility_default).count());
    asking_.clear();
  } else {
    ask_at_ = now + ask_again;
    if (first || !got.failure().passing()) {
      asking_.set(describe(got.failure(), "GetQueueAttributes", options_.name));
    }
  }
}

void queue_keeper::extend(steady_time_point now) {
  if (now < next_due_) {
    return;
  }
  // Those that are due soon go along: fewer calls.
  const auto margin = milliseconds{seconds{visibility_s_.load()}} / 10;
  std::vector<message_number> due;
  next_due_ = steady_time_point::max();
  for (const auto& [message, state] : watched_) {
    if (state.due <= now + margin) {
      due.push_back(message);
    } else {
      next_due_ = std::min(next_due_, state.due);
    }
  }
  for (std::size_t at = 0; at < due.size(); at += aws::sqs_batch_max) {
    const auto begin = due.begin() + static_cast<std::ptrdiff_t>(at);
    const auto size = std::min(aws::sqs_batch_max, due.size() - at);
    extend_some({begin, begin + static_cast<std::ptrdiff_t>(size)}, now);
  }
}

void queue_keeper::extend_some(const std::vector<message_number>& some, steady_time_point now) {
  const seconds visibility{visibility_s_.load()};
  std::vector<aws::sqs_visibility> changes;
  changes.reserve(some.size());
  for (const message_number message : some) {
    changes.push_back({watched_.at(message).receipt, visibility});
  }
  const auto answer = queue_->change_visibility(changes);
  if (answer) {
    extending_.clear();
  } else {
    extending_.set(describe(answer.failure(), "ChangeMessageVisibility", options_.name));
  }
  std::vector<bool> failed(some.size(), !answer.ok());
  if (answer) {
    for (const aws::sqs_entry_failure& one : answer.value()) {
      failed[one.index] = true;
      if (one.lasting) {
        lose(some[one.index]);
      }
    }
  }
  for (std::size_t i = 0; i < some.size(); ++i) {
    const auto found = watched_.find(some[i]);
    if (found == watched_.end()) {
      continue;
    }
    watched& state = found->second;
    if (!failed[i]) {
      extended_.fetch_add(1);
      state.due = now + milliseconds{visibility} / 2;
      state.ends = now + visibility;
    } else if (steady_clock::now() >= state.ends) {
      lose(some[i]);
      continue;
    } else {
      state.due = steady_clock::now() + retry_wait(0);
    }
    next_due_ = std::min(next_due_, state.due);
  }
}

void queue_keeper::lose(message_number message) {
  watched_.erase(message);
  options_.on_lost(message);
}

// Removals or releases, by tens.
void queue_keeper::pay_some(std::deque<debt>& debts, steady_time_point& again,
                            steady_time_point now) {
  while (!debts.empty() && (closing_ || now >= again)) {
    const std::size_t size = std::min(aws::sqs_batch_max, debts.size());
    std::vector<debt> some{
        std::make_move_iterator(debts.begin()),
        std::make_move_iterator(debts.begin() + static_cast<std::ptrdiff_t>(size))};
    debts.erase(debts.begin(), debts.begin() + static_cast<std::ptrdiff_t>(size));
    const bool remove = some.front().chore.what == queue_chore::kind::remove;
    std::vector<std::string> receipts;
    std::vector<aws::sqs_visibility> changes;
    for (const debt& one : some) {
      receipts.push_back(one.chore.receipt);
      changes.push_back({one.chore.receipt, one.chore.hidden_for});
    }
    const auto answer = remove ? queue_->remove(receipts) : queue_->change_visibility(changes);
    std::vector<bool> left(size, !answer.ok());
    if (answer) {
      for (const aws::sqs_entry_failure& one : answer.value()) {
        left[one.index] = !one.lasting;
      }
    }
    if (remove && answer) {
      removing_.clear();
      deleted_.fetch_add(size - answer.value().size());
    } else if (remove) {
      removing_.set(describe(answer.failure(), "DeleteMessage", options_.name));
    }
    int tries = 0;
    for (std::size_t i = 0; i < size; ++i) {
      ++some[i].tries;
      const bool given_up = some[i].tries >= (closing_ ? tries_while_closing : release_tries_max) &&
                            (closing_ || !remove);
      if (left[i] && !given_up) {
        tries = std::max(tries, some[i].tries);
        debts.push_back(std::move(some[i]));
      } else {
        watched_.erase(some[i].chore.message);
        owed_.fetch_sub(1);
      }
    }
    now = steady_clock::now();
    if (tries > 0) {
      again = now + retry_wait(tries - 1);
    } else if (debts.size() < aws::sqs_batch_max) {
      again = now + gather_time;
    }
  }
}

std::string queue_keeper::trouble() const {
  for (const shared_text* const one : {&asking_, &extending_, &removing_}) {
    if (std::string text = one->get(); !text.empty()) {
      return text;
    }
  }
  return {};
}

void queue_keeper::fill(queue_status& said) const {
  said.queue = options_.name;
  said.deleted = deleted_.load();
  said.extended = extended_.load();
  if (const std::int64_t waiting = waiting_.load(); waiting >= 0) {
    said.waiting = static_cast<double>(waiting);
  }
}

}  // namespace trailbell::consume
