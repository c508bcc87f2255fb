// Source, ledger, dedup and sink as one deterministic machine: members of a consumer group that
// take, decode, deliver, commit, lose partitions, give batches back and die at any step. No
// threads, no clock; what runs here is the ledger and the settlement of the service itself.
//
// Whatever happens, (1) no offset is committed before everything below it that alerts was accepted,
// (2) in the end nothing is lost, (3) where nothing went wrong nothing is doubled.
//
// TRAILBELL_SCHEDULES says how many schedules are run; TRAILBELL_SEED runs one and tells its steps.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "trailbell/consume/ledger.hpp"
#include "trailbell/pipeline/settlement.hpp"

namespace trailbell {
namespace {

using consume::partition_ledger;
using pipeline::batch_id;
using pipeline::settlement;

struct message {
  std::string fingerprint;  // empty: no rule holds
};

struct world {
  std::vector<std::vector<message>> partitions;
  std::vector<std::int64_t> committed;
  std::map<std::string, int> accepted;  // by the sink
  bool disturbed = false;               // something went wrong: doubles are allowed
};

// What a member holds of a partition.
struct holding {
  explicit holding(std::int64_t start) : ledger{start} {}
  partition_ledger ledger;
  bool leaving = false;
};

struct batch {
  batch_id id = 0;
  std::size_t partition = 0;
  std::int64_t at = 0, end = 0;  // what is still to be looked at
};

struct delivery {
  batch_id id = 0;
  std::string fingerprint;
};

class member {
 public:
  explicit member(world& around) : around_{around} {}

  void assign(std::size_t partition) {
    held_.insert_or_assign(partition, holding{around_.committed[partition]});
  }
  [[nodiscard]] bool holds(std::size_t partition) const { return held_.contains(partition); }
  void leave(std::size_t partition) { held_.at(partition).leaving = true; }
  [[nodiscard]] bool drained(std::size_t partition) const {
    return held_.at(partition).ledger.settled();
  }

  void take(std::size_t partition, std::int64_t count) {
    const auto at = held_.find(partition);
    if (at == held_.end() || at->second.leaving) {
      return;
    }
    partition_ledger& ledger = at->second.ledger;
    const auto size = static_cast<std::int64_t>(around_.partitions[partition].size());
    const std::int64_t begin = ledger.next_expected();
    const std::int64_t end = std::min(size, begin + count);
    if (begin < end) {
      const batch_id id = ++last_id_;
      ledger.open(id, end);
      settling_.open(id);
      where_[id] = partition;
      order_.push_back({id, partition, begin, end});
    }
  }

  // One message of the oldest batch, or its end.
  void look() {
    if (order_.empty()) {
      return;
    }
    batch& one = order_.front();
    if (settling_.is_open(one.id) && one.at < one.end) {
      const message& what = around_.partitions[one.partition][static_cast<std::size_t>(one.at++)];
      if (!what.fingerprint.empty() && settling_.admit(one.id, what.fingerprint, 0)) {
        settling_.expect(one.id, 1);
        to_deliver_.push_back({one.id, what.fingerprint});
      }
      return;
    }
    settling_.complete(one.id);
    order_.pop_front();
    settle();
  }

  enum class answer { yes, no, yes_but_unheard };
  void deliver(answer how) {
    if (to_deliver_.empty()) {
      return;
    }
    const delivery& one = to_deliver_.front();
    if (how != answer::no) {
      ++around_.accepted[one.fingerprint];
    }
    if (how == answer::yes) {
      settling_.accept(one.id, 1);
      to_deliver_.pop_front();
      settle();
    }
  }

  void commit(std::size_t partition) {
    const auto at = held_.find(partition);
    if (at == held_.end()) {
      return;
    }
    if (const auto moved = at->second.ledger.take_moved()) {
      around_.committed[partition] = *moved;
      expect_accepted_below(partition, *moved);
    }
  }

  // A batch of this partition is given back, and all behind it.
  void nack(std::size_t partition) {
    const auto at = held_.find(partition);
    if (at == held_.end()) {
      return;
    }
    const auto open = std::find_if(where_.begin(), where_.end(),
                                   [&](const auto& one) { return one.second == partition; });
    if (open != where_.end() && at->second.ledger.nack(open->first)) {
      abandon_all_of(partition);
    }
  }

  // Gives a partition up as it is; commits what it may.
  void give_up(std::size_t partition, bool still_ours) {
    if (still_ours) {
      commit(partition);
    }
    abandon_all_of(partition);
    held_.erase(partition);
  }

  [[nodiscard]] bool idle() const { return order_.empty() && to_deliver_.empty(); }

 private:
  void settle() {
    while (const auto id = settling_.take_acked()) {
      const std::size_t partition = where_.at(*id);
      where_.erase(*id);
      const auto at = held_.find(partition);
      if (at != held_.end()) {
        at->second.ledger.ack(*id);
      }
    }
  }

  void abandon_all_of(std::size_t partition) {
    std::erase_if(where_, [&](const auto& one) {
      if (one.second == partition) {
        settling_.abandon(one.first);
      }
      return one.second == partition;
    });
  }

  void expect_accepted_below(std::size_t partition, std::int64_t offset) const {
    for (std::int64_t i = 0; i < offset; ++i) {
      const message& what = around_.partitions[partition][static_cast<std::size_t>(i)];
      if (!what.fingerprint.empty() && !around_.accepted.contains(what.fingerprint) &&
          !is_held_open(what.fingerprint, partition)) {
        ADD_FAILURE() << "committed " << offset << " of " << partition << ", and "
                      << what.fingerprint << " was not accepted";
      }
    }
  }

  // It was suppressed for the sake of an equal one in another partition, which is not committed.
  [[nodiscard]] bool is_held_open(const std::string& fingerprint, std::size_t partition) const {
    for (std::size_t p = 0; p < around_.partitions.size(); ++p) {
      const auto& log = around_.partitions[p];
      if (p == partition) {
        continue;
      }
      for (auto i = static_cast<std::size_t>(around_.committed[p]); i < log.size(); ++i) {
        if (log[i].fingerprint == fingerprint) {
          return true;
        }
      }
    }
    return false;
  }

  world& around_;
  settlement settling_;
  std::map<std::size_t, holding> held_;
  std::map<batch_id, std::size_t> where_;
  std::deque<batch> order_;
  std::deque<delivery> to_deliver_;
  batch_id last_id_ = 0;
};

class schedule {
 public:
  schedule(std::uint64_t seed, bool tell) : random_{seed}, tell_{tell} {
    around_.partitions.resize(upto(1, 3));
    around_.committed.assign(around_.partitions.size(), 0);
    const std::size_t kinds = upto(1, 12);
    for (auto& log : around_.partitions) {
      log.resize(upto(0, 8));
      for (message& one : log) {
        one.fingerprint = upto(0, 2) == 0 ? "" : "f" + std::to_string(upto(1, kinds));
      }
    }
    for (std::size_t i = upto(1, 2); i > 0; --i) {
      members_.push_back(std::make_unique<member>(around_));
    }
    for (std::size_t p = 0; p < around_.partitions.size(); ++p) {
      owner_.push_back(upto(0, members_.size() - 1));
      members_[owner_[p]]->assign(p);
    }
    calm_ = upto(0, 3) == 0;
  }

  void run() {
    for (std::size_t steps = upto(5, 60); steps > 0; --steps) {
      step(upto(0, calm_ ? 19 : 27));
    }
    for (int rounds = 0; !finished() && rounds < 1000; ++rounds) {
      for (std::size_t p = 0; p < owner_.size(); ++p) {
        members_[owner_[p]]->take(p, 2);
      }
      for (const auto& one : members_) {
        one->look();
        one->deliver(member::answer::yes);
      }
      for (std::size_t p = 0; p < owner_.size(); ++p) {
        members_[owner_[p]]->commit(p);
      }
    }
    EXPECT_TRUE(finished()) << "it never comes to an end";
    for (const auto& log : around_.partitions) {
      for (const message& one : log) {
        EXPECT_TRUE(one.fingerprint.empty() || around_.accepted.contains(one.fingerprint))
            << one.fingerprint << " is lost";
      }
    }
    if (!around_.disturbed && members_.size() == 1) {
      for (const auto& [fingerprint, times] : around_.accepted) {
        EXPECT_EQ(times, 1) << fingerprint;
      }
    }
  }

 private:
  std::size_t upto(std::size_t low, std::size_t high) {
    return low + static_cast<std::size_t>(random_()) % (high - low + 1);
  }

  [[nodiscard]] bool finished() const {
    for (std::size_t p = 0; p < owner_.size(); ++p) {
      if (around_.committed[p] != static_cast<std::int64_t>(around_.partitions[p].size())) {
        return false;
      }
    }
    return std::all_of(members_.begin(), members_.end(), [](const auto& m) { return m->idle(); });
  }

  void step(std::size_t what) {
    target_ = upto(0, owner_.size() - 1);
    if (tell_) {
      std::printf("step %zu on partition %zu of member %zu\n", what, target_, owner_[target_]);
    }
    act(what);
  }

  void act(std::size_t what) {
    member& one = *members_[owner_[target_]];
    around_.disturbed = around_.disturbed || what >= 20;
    if (what < 6) {
      one.take(target_, static_cast<std::int64_t>(upto(1, 3)));
    } else if (what < 10) {
      one.look();
    } else if (what < 14) {
      one.deliver(member::answer::yes);
    } else if (what < 16) {
      one.deliver(member::answer::no);
    } else if (what < 20) {
      one.commit(target_);
    } else if (what < 22) {
      one.deliver(member::answer::yes_but_unheard);
    } else if (what < 23) {
      one.nack(target_);
    } else if (what < 25) {
      die(owner_[target_]);
    } else {
      move(upto(0, 2));
    }
  }

  void die(std::size_t which) {
    members_[which] = std::make_unique<member>(around_);
    for (std::size_t p = 0; p < owner_.size(); ++p) {
      if (owner_[p] == which) {
        owner_[p] = upto(0, members_.size() - 1);
        members_[owner_[p]]->assign(p);
      }
    }
  }

  // The target goes to another member: drained first, given up in time, or lost without a word.
  void move(std::size_t how) {
    member& from = *members_[owner_[target_]];
    from.leave(target_);
    for (int i = 0; how == 0 && i < 200 && !from.drained(target_); ++i) {
      from.look();
      from.deliver(member::answer::yes);
    }
    from.give_up(target_, how != 2);
    owner_[target_] = upto(0, members_.size() - 1);
    members_[owner_[target_]]->assign(target_);
  }

  std::mt19937_64 random_;
  bool tell_;
  bool calm_ = false;
  world around_;
  std::vector<std::unique_ptr<member>> members_;
  std::vector<std::size_t> owner_;
  std::size_t target_ = 0;
};

std::optional<std::uint64_t> number_of(const char* variable) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? std::nullopt : std::optional{std::strtoull(text, nullptr, 10)};
}

TEST(delivery, no_schedule_loses_an_alert_or_commits_too_early) {
  if (const auto seed = number_of("TRAILBELL_SEED")) {
    schedule{*seed, true}.run();
    return;
  }
  const std::uint64_t schedules = number_of("TRAILBELL_SCHEDULES").value_or(1'000'000);
  for (std::uint64_t seed = 1; seed <= schedules; ++seed) {
    schedule{seed, false}.run();
    if (::testing::Test::HasFailure()) {
      FAIL() << "run again with TRAILBELL_SEED=" << seed;
    }
  }
}

}  // namespace
}  // namespace trailbell
