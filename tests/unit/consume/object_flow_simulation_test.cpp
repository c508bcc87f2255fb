// Messages and objects through queues that deliver twice, forget deletions and stall, with crashes,
// stops and refusals, by seeded chance and without threads or a clock: no message is deleted before
// all that it announced was acked, and in the end every object is, and the queue is empty. So it is
// where objects that nobody announces are listed now and then, and what is done with is remembered,
// of which a crash loses the last.
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

enum class listing : std::uint8_t { none, now_and_then };

class simulation {
 public:
  simulation(std::uint64_t seed, listing lists) : random_{seed}, lists_{lists} {
    begin();
    for (int i = 0; lists == listing::now_and_then && i < 30; ++i) {
      lost_.push_back("l" + std::to_string(i));
    }
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
    EXPECT_EQ(left(), 0U) << "the queue is not empty, or something was never found";
    if (lists_ == listing::now_and_then) {
      EXPECT_LE(times_, 300U) << "what is done with is read again and again";
    }
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
    return static_cast<std::size_t>(
        std::count_if(queue_.begin(), queue_.end(),
                      [](const stored_message& one) { return !one.deleted; }) +
        std::count_if(lost_.begin(), lost_.end(),
                      [this](const std::string& key) { return !acked_.contains(key); }));
  }
  void begin() {
    flow_options options;
    if (lists_ == listing::now_and_then) {
      options.was_done = [this](const object_identity& one) {
        return std::find(record_.begin(), record_.end(), one.key) != record_.end();
      };
    }
    flow_.emplace(options, 1);
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
    if (lists_ == listing::now_and_then && chance(5)) {
      list();
    }
    keep_hidden(faulty);
    fetch(faulty);
    while (auto batch = flow_->next_batch()) {
      taken_.push_back(std::move(*batch));
    }
    while (!taken_.empty() && chance(70)) {
      settle(faulty);
    }
    while (const auto chore = flow_->next_chore()) {
      obey(*chore, faulty);
    }
    open_ -= static_cast<int>(flow_->take_permits(0));
  }

  // Every object that there is: what is not known to be done with, or to be under way.
  void list() {
    std::set<std::string> all{lost_.begin(), lost_.end()};
    for (const stored_message& one : queue_) {
      all.insert(one.keys.begin(), one.keys.end());
    }
    for (const std::string& key : all) {
      const bool is_known = std::find(record_.begin(), record_.end(), key) != record_.end() ||
                            std::any_of(listed_.begin(), listed_.end(),
                                        [&key](const auto& one) { return one.second == key; });
      if (!is_known) {
        announced_object object;
        object.bucket = "b";
        object.key = key;
        listed_[++last_] = key;
        flow_->add_listed(last_, object, now());
      }
    }
  }

  void crash() {
    if (chance(50)) {  // in order: what it says then is done
      flow_->stop();
      flow_->release_all();
      while (const auto chore = flow_->next_chore()) {
        obey(*chore, false);
      }
    }
    for (std::uint64_t lost = random_() % 5; lost > 0 && !record_.empty(); --lost) {
      record_.pop_back();
    }
    listed_.clear();
    begin();
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
    times_ += one.problem.empty() ? 1 : 0;
    flow_->settle(one.receipt, nacked ? outcome::nacked : outcome::acked, now());
    while (const auto done = flow_->next_acked()) {
      EXPECT_TRUE(acked_.contains(done->object.key)) << "remembered before it was acked";
      record_.push_back(done->object.key);
    }
  }

  void obey(const std::pair<std::size_t, queue_chore>& given, bool faulty) {
    const queue_chore& chore = given.second;
    if (given.first == 1) {
      if (chore.what == queue_chore::kind::remove) {
        EXPECT_TRUE(acked_.contains(listed_.at(chore.message)));
      }
      listed_.erase(chore.message);
      return;
    }
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
  listing lists_;
  std::vector<std::string> lost_;                 // objects that no message announces
  std::map<message_number, std::string> listed_;  // that are under way
  std::vector<std::string> record_;               // outlives a crash, but for the last
  std::size_t times_ = 0;                         // that something was read
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
    simulation{seed, listing::none}.run();
  }
}

TEST(object_flow_simulation, what_nobody_announces_is_found_by_listing) {
  for (std::uint64_t seed = 1; seed <= 200 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    simulation{seed, listing::now_and_then}.run();
  }
}

}  // namespace
}  // namespace trailbell::consume
