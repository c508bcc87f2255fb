// Messages and objects through queues that deliver twice, forget deletions and stall, with crashes,
// stops and refusals, by seeded chance and without threads or a clock: no message is deleted before
// all that it announced was acked, and in the end every object is, and the queue is empty.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "consume/object_flow.hpp"

namespace trailbell::consume {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds step_time{200};
constexpr seconds visibility{20};

struct stored_message {
  std::vector<std::string> keys;
  bool is_poison = false;
  milliseconds visible_at{0};
  int received = 0;
  bool deleted = false;
};

class simulation {
 public:
  explicit simulation(std::uint64_t seed) : random_{seed} {
    flow_.emplace(flow_options{}, 1);
    for (int i = 0; i < 60; ++i) {
      stored_message one;
      one.is_poison = chance(10);
      for (std::uint64_t n = random_() % 4; n > 0; --n) {
        one.keys.push_back("k" + std::to_string(random_() % 80));
      }
      queue_.push_back(one);
    }
  }

  void run() {
    for (int i = 0; i < 1'500 && !broken_; ++i) {
      step(true);
    }
    for (int i = 0; i < 20'000 && !broken_ && left() > 0; ++i) {
      step(false);
    }
    EXPECT_EQ(left(), 0U) << "the queue is not empty";
    for (const stored_message& one : queue_) {
      for (const std::string& key : one.keys) {
        EXPECT_TRUE(acked_.contains(key)) << key << " was not read";
      }
    }
    EXPECT_LE(open_, 0) << "permits were lost";
  }

 private:
  bool chance(unsigned percent) { return random_() % 100 < percent; }
  [[nodiscard]] std::size_t left() const {
    return static_cast<std::size_t>(std::count_if(
        queue_.begin(), queue_.end(), [](const stored_message& one) { return !one.deleted; }));
  }
  [[nodiscard]] flow_time now() const {
    return {steady_time_point{} + time_, std::chrono::nanoseconds{time_}.count() + 1};
  }

  void step(bool faulty) {
    time_ += step_time;
    if (faulty && chance(1)) {
      crash();
    }
    receive();
    keep_hidden(faulty);
    fetch(faulty);
    while (auto batch = flow_->next_batch()) {
      taken_.push_back(std::move(*batch));
    }
    while (!taken_.empty() && chance(70)) {
      settle(faulty);
    }
    while (const auto chore = flow_->next_chore()) {
      obey(chore->second, faulty);
    }
    open_ -= static_cast<int>(flow_->take_permits(0));
  }

  void crash() {
    if (chance(50)) {  // in order: what it says then is done
      flow_->stop();
      flow_->release_all();
      while (const auto chore = flow_->next_chore()) {
        obey(chore->second, false);
      }
    }
    flow_.emplace(flow_options{}, 1);
    fetching_.clear();
    taken_.clear();
    watched_.clear();
    open_ = 0;
  }

  void receive() {
    for (std::size_t i = 0; i < queue_.size() && open_ < 30; ++i) {
      stored_message& stored = queue_[i];
      if (stored.deleted || stored.visible_at > time_ || chance(60)) {
        continue;
      }
      received_message one;
      one.number = ++last_;
      one.queue_name = "q";
      one.id = std::to_string(i);
      one.receipt = std::to_string(i);
      one.sent_ns = now().ns;
      one.receive_count = 1;  // what comes too often is another test's
      ++stored.received;
      for (const std::string& key : stored.keys) {
        announced_object object;
        object.bucket = "b";
        object.key = key;
        one.said.objects.push_back(object);
      }
      one.said.fault = stored.is_poison ? "it is none" : "";
      stored.visible_at = time_ + visibility;
      watched_[last_] = i;
      ++open_;
      flow_->add(std::move(one), now());
    }
  }

  // As the keeper does; sometimes it comes too late.
  void keep_hidden(bool faulty) {
    for (auto at = watched_.begin(); at != watched_.end();) {
      stored_message& stored = queue_[at->second];
      if (faulty && random_() % 1'000 == 0) {
        stored.visible_at = time_;
        flow_->lost(at->first);
        at = watched_.erase(at);
        continue;
      }
      stored.visible_at = time_ + visibility;
      ++at;
    }
  }

  void fetch(bool faulty) {
    while (auto one = flow_->next_wanted(now().steady)) {
      fetching_.push_back(std::move(*one));
    }
    while (!fetching_.empty() && chance(70)) {
      const std::size_t which = random_() % fetching_.size();
      const wanted_object one = fetching_[which];
      fetching_.erase(fetching_.begin() + static_cast<std::ptrdiff_t>(which));
      fetched_object got;
      got.object = one.object;
      got.bytes = one.key;
      if (faulty && chance(30)) {
        constexpr get_failure passing[] = {get_failure::missing, get_failure::denied,
                                           get_failure::passing, get_failure::refused};
        got.failure = passing[random_() % 4];
        got.message = "no";
      }
      flow_->fetched(std::move(got), now());
    }
  }

  void settle(bool faulty) {
    const std::size_t which = random_() % taken_.size();
    const source_batch one = std::move(taken_[which]);
    taken_.erase(taken_.begin() + static_cast<std::ptrdiff_t>(which));
    const bool nacked = faulty && chance(5);
    if (!nacked && one.problem.empty()) {
      EXPECT_EQ(one.objects[0].bytes, one.place.name);
      acked_.insert(one.place.name);
    } else if (!nacked) {
      acked_.insert(one.place.name.substr(one.place.name.find('/') + 1));  // "sqs:q/ID"
    }
    flow_->settle(one.receipt, nacked ? outcome::nacked : outcome::acked, now());
  }

  void obey(const queue_chore& chore, bool faulty) {
    const auto found = watched_.find(chore.message);
    if (found == watched_.end()) {
      return;  // it was lost: its receipt is none any more
    }
    const std::size_t index = found->second;
    stored_message& stored = queue_[index];
    watched_.erase(found);
    if (chore.what == queue_chore::kind::release) {
      stored.visible_at = time_ + chore.hidden_for;
      return;
    }
    for (const std::string& key : stored.keys) {
      broken_ = broken_ || !acked_.contains(key);
      EXPECT_TRUE(acked_.contains(key)) << "deleted before " << key << " was acked";
    }
    if (stored.is_poison) {
      broken_ = broken_ || !acked_.contains(chore.receipt);
      EXPECT_TRUE(acked_.contains(chore.receipt)) << "poison was deleted and not kept";
    }
    stored.deleted = !(faulty && chance(10));  // SQS may forget it
  }

  std::mt19937_64 random_;
  milliseconds time_{0};
  std::optional<object_flow> flow_;
  std::vector<stored_message> queue_;
  std::map<message_number, std::size_t> watched_;
  std::vector<wanted_object> fetching_;
  std::vector<source_batch> taken_;
  std::set<std::string> acked_;
  message_number last_ = 0;
  int open_ = 0;  // permits in use
  bool broken_ = false;
};

TEST(object_flow_simulation, nothing_is_deleted_too_early_and_nothing_stays) {
  for (std::uint64_t seed = 1; seed <= 200 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    simulation{seed}.run();
  }
}

}  // namespace
}  // namespace trailbell::consume
