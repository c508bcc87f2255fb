// Thresholds of a service that is cut by restarts, against one that sees its input once.
#include "pipeline/stateful_rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "trailbell/base/limits.hpp"
#include "trailbell/detect/rule_file.hpp"

namespace trailbell::pipeline {
namespace {

using consume::reading;

constexpr int window_s = 600;
constexpr int lateness_s = static_cast<int>(limits::allowed_lateness_ns / 1'000'000'000);
constexpr int count = 3;

std::shared_ptr<const detect::rule_set> rules_of(const std::string& thresholds) {
  const auto loaded =
      detect::load_rules({{"r.yaml", thresholds.substr(0, thresholds.rfind("---"))}});
  std::vector<detect::rule_ptr> rules;
  for (const detect::loaded_rule& one : loaded.value()) {
    rules.push_back(one.rule);
  }
  return std::make_shared<detect::rule_set>(rules);
}

std::string threshold(const std::string& id, int least, const std::string& title = "t") {
  return "id: " + id + "\ntitle: " + title + "\npattern: '{ $.eventName = A }'\nseverity: low\n" +
         "threshold: {count: " + std::to_string(least) + ", window: 10m, group_by: [$.g]}\n---\n";
}

struct login {
  int index, second, group;
};

std::string two(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

alert alert_of(const login& of, std::size_t nodes = 1, std::int32_t partition = 0) {
  alert made;
  const std::string id = "e" + std::to_string(of.index);
  const std::string time = "2026-01-" + two(1 + of.second / 86'400) + "T" +
                           two(of.second / 3600 % 24) + ":" + two(of.second / 60 % 60) + ":" +
                           two(of.second % 60) + "Z";
  made.event_id = id;
  made.event_time = time;
  made.fingerprint = std::string(24, '0') + std::to_string(10'000'000 + of.index);
  made.place = {source_kind::kafka, "t", "", partition, of.index};
  made.burst = std::make_unique<alert_burst>();
  for (std::uint32_t node = 0; node < nodes; ++node) {
    made.burst->feeds.push_back({node, 0, {{"$.g", std::to_string(of.group)}}, {}, severity::low});
    made.burst->fingerprints.emplace_back(node, made.fingerprint);
  }
  made.own_texts();
  return made;
}

// One process.
struct process {
  explicit process(std::shared_ptr<const detect::rule_set> rules,
                   detect::correlation_clock clock = detect::correlation_clock::shared)
      : stateful{clock} {
    stateful.follow(rules);
  }

  static object_position place_of(std::int32_t partition, std::size_t offset = 0) {
    return {source_kind::kafka, "t", "", partition, static_cast<std::int64_t>(offset)};
  }
  void read(const std::vector<login>& all, std::size_t from, std::size_t to, reading what,
            std::int32_t partition = 0) {
    for (std::size_t i = from; i < to; ++i) {
      stateful.add(0, what, alert_of(all[i], 1, partition), due);
    }
  }
  // As a source does that goes on at `at`: what is younger than the windows reach comes first.
  void begin(const std::vector<login>& all, std::size_t at, std::int32_t partition = 0,
             const std::string& note = "") {
    const std::size_t before = due.size();
    const int oldest = at > 0 ? all[at - 1].second - window_s - 2 * lateness_s : 0;
    std::size_t from = 0;
    while (at > 0 && all[from].second < oldest) {
      ++from;
    }
    stateful.mark(0, place_of(partition, from), reading::begins);
    read(all, from, at, reading::again, partition);
    stateful.mark(0, place_of(partition), reading::resumes, note);
    EXPECT_EQ(due.size(), before) << "what is read again causes nothing";
    EXPECT_TRUE(stateful.take_own().empty());
  }
  [[nodiscard]] std::vector<std::string> shown() const {
    std::vector<std::string> all;
    for (const alert& one : due) {
      std::string text = std::string{one.rule.id} + ":";
      for (const auto& id : one.burst->event_ids) {
        text += " " + id.value_or("");
      }
      all.push_back(text);
    }
    return all;
  }

  stateful_rules stateful;
  std::vector<alert> due;
};

class stateful_rules_test : public ::testing::Test {
 protected:
  int below(int end) { return std::uniform_int_distribution<int>{0, end - 1}(random_); }

  // In the order of time. Bursts are further apart than the window; else nobody is ever quiet.
  std::vector<login> stream(bool bursts) {
    std::vector<login> all;
    int second = window_s + 1;
    all.push_back({0, 0, 3});  // so that it is known of the others that they began
    for (int i = 1; i < 300; ++i) {
      second += bursts && below(3) == 0 ? window_s + 1 + below(60) : below(bursts ? 60 : 200);
      all.push_back({i, second, below(3)});
    }
    return all;
  }

  using fired = std::set<std::pair<int, int>>;  // group, index of the last record
  static void collect(process& from, fired& into) {
    for (const alert& one : from.due) {
      into.emplace(std::stoi(one.burst->group.at(0).second),
                   std::stoi(std::string{*one.event_id}.substr(1)));
    }
    from.due.clear();
  }

  // Processes that are killed, each at a point of its own, and go on where what was taken is
  // acknowledged: all of it, or less.
  fired with_restarts(const std::vector<login>& all) {
    fired got;
    std::size_t committed = 0;
    while (true) {
      process one{rules_};
      one.begin(all, committed);
      const std::size_t end =
          std::min(all.size(), committed + 1 + static_cast<std::size_t>(below(60)));
      one.read(all, committed, end, reading::fresh);
      if (end == all.size()) {
        one.stateful.finish(one.due);
        collect(one, got);
        return got;
      }
      collect(one, got);
      committed = end - static_cast<std::size_t>(below(static_cast<int>(end - committed)));
    }
  }
  fired without(const std::vector<login>& all) {
    fired got;
    process one{rules_};
    one.read(all, 0, all.size(), reading::fresh);
    one.stateful.finish(one.due);
    collect(one, got);
    return got;
  }

  // Partitions whose records and positions are stored together, by processes that are killed before
  // the last of it is. How often each alert was stored.
  std::multiset<std::pair<int, int>> stored(const std::vector<std::vector<login>>& logs) {
    std::multiset<std::pair<int, int>> all;
    std::vector<std::size_t> committed(logs.size());
    std::vector<std::string> notes(logs.size());
    const auto is_left = [&] {
      for (std::size_t p = 0; p < logs.size(); ++p) {
        if (committed[p] < logs[p].size()) {
          return true;
        }
      }
      return false;
    };
    while (is_left()) {
      process one{rules_, detect::correlation_clock::own};
      for (std::size_t p = 0; p < logs.size(); ++p) {
        one.begin(logs[p], committed[p], static_cast<std::int32_t>(p), notes[p]);
      }
      std::vector<std::size_t> at = committed;
      std::vector<std::string> told = notes;
      for (int transactions = below(4); transactions >= 0; --transactions) {
        std::multiset<std::pair<int, int>> held;
        for (int batches = below(5); batches >= 0; --batches) {
          step(one, logs, at, told, held);
        }
        if (transactions > 0) {
          committed = at;
          notes = told;
          all.insert(held.begin(), held.end());
        }
      }
    }
    return all;
  }
  // A batch: of records, or one which says that nothing comes, and is stored where it causes
  // something.
  void step(process& one, const std::vector<std::vector<login>>& logs, std::vector<std::size_t>& at,
            std::vector<std::string>& notes, std::multiset<std::pair<int, int>>& held) {
    const auto p = static_cast<std::size_t>(below(static_cast<int>(logs.size())));
    const auto partition = static_cast<std::int32_t>(p);
    const bool quiet = below(3) == 0;
    const std::size_t end =
        std::min(logs[p].size(), at[p] + (quiet ? 0 : static_cast<std::size_t>(below(30))));
    one.read(logs[p], at[p], end, reading::fresh, partition);
    if (quiet) {
      one.stateful.pass_time(0, process::place_of(partition),
                             below(2) == 0 ? std::optional{INT64_MAX} : std::nullopt, one.due);
    }
    EXPECT_TRUE(one.due.empty()) << "no group is in two partitions";
    const std::vector<alert> own = one.stateful.take_own();
    for (const alert& found : own) {
      held.emplace(std::stoi(found.burst->group.at(0).second),
                   std::stoi(std::string{*found.event_id}.substr(1)));
    }
    at[p] = end;
    if (!quiet || !own.empty()) {
      notes[p] = one.stateful.note_of(0, process::place_of(partition));
    }
  }

  std::shared_ptr<const detect::rule_set> rules_ = rules_of(threshold("r", count));
  std::mt19937 random_{20260301};
};

TEST_F(stateful_rules_test, restarts_change_nothing_where_groups_are_quiet_at_times) {
  std::size_t alerts = 0;
  for (int round = 0; round < 200; ++round) {
    const std::vector<login> all = stream(true);
    const fired whole = without(all);
    alerts += whole.size();
    ASSERT_EQ(with_restarts(all), whole) << round;
  }
  EXPECT_GT(alerts, 1'000U) << "or nothing was tested";
}

TEST_F(stateful_rules_test, with_clocks_of_their_own_crashes_double_and_lose_nothing) {
  std::size_t alerts = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<std::vector<login>> logs;
    std::multiset<std::pair<int, int>> expected;
    for (int p = 0; p < 1 + round % 3; ++p) {
      logs.push_back(stream(true));
      const int later = below(3) * 5'000;  // one is ahead of the others
      for (login& one : logs.back()) {
        one = {one.index + 1'000 * p, one.second + later, one.group + 10 * p};
      }
      const fired whole = without(logs.back());
      expected.insert(whole.begin(), whole.end());
      const int end = logs.back().back().second;
      logs.back().push_back({1'000 * p + 999, end + 2 * lateness_s, 9 + 10 * p});
    }
    ASSERT_EQ(stored(logs), expected) << round;
    alerts += expected.size();
  }
  EXPECT_GT(alerts, 1'000U) << "or nothing was tested";
}

TEST_F(stateful_rules_test, partitions_that_are_read_again_side_by_side_keep_apart) {
  for (const auto clock : {detect::correlation_clock::shared, detect::correlation_clock::own}) {
    process one{rules_, clock};
    const std::vector<std::vector<login>> logs{{{0, 10, 0}, {1, 20, 0}, {2, 30, 0}, {3, 5'000, 9}},
                                               {{5, 10, 1}, {6, 20, 1}, {7, 30, 1}, {8, 5'000, 9}}};
    for (const std::int32_t p : {0, 1}) {
      one.stateful.mark(0, process::place_of(p), reading::begins);
      one.read(logs[static_cast<std::size_t>(p)], 0, 2, reading::again, p);
    }
    for (const std::int32_t p : {0, 1}) {
      one.stateful.mark(0, process::place_of(p), reading::resumes);
    }
    for (const std::int32_t p : {0, 1}) {
      one.read(logs[static_cast<std::size_t>(p)], 2, 4, reading::fresh, p);
    }
    for (alert& own : one.stateful.take_own()) {
      one.due.push_back(std::move(own));
    }
    EXPECT_EQ(one.shown(), (std::vector<std::string>{"r: e0 e1 e2", "r: e5 e6 e7"}));
  }
}

TEST_F(stateful_rules_test, an_alert_comes_no_later_for_a_group_that_is_never_quiet) {
  std::size_t alerts = 0;
  for (int round = 0; round < 200; ++round) {
    const std::vector<login> all = stream(false);
    const fired got = with_restarts(all);
    std::pair<int, int> last{-1, -1};
    for (const auto& [group, index] : without(all)) {
      const int behind = last.first == group ? last.second : -1;
      const auto first = got.upper_bound({group, behind});
      ASSERT_TRUE(first != got.end() && first->first == group && first->second <= index)
          << round << ": group " << group << " behind " << behind << " up to " << index;
      last = {group, index};
      ++alerts;
    }
  }
  EXPECT_GT(alerts, 2'000U) << "or nothing was tested";
}

TEST_F(stateful_rules_test, what_is_given_back_and_read_again_counts_once) {
  process one{rules_};
  const std::vector<login> all{{0, 10, 0}, {1, 20, 0}, {2, 30, 0}, {3, 5'000, 1}};
  one.begin(all, 0);
  one.read(all, 0, 2, reading::fresh);
  one.begin(all, 1);  // the second was given back
  one.read(all, 1, 2, reading::fresh);
  one.read(all, 3, 4, reading::fresh);
  EXPECT_TRUE(one.due.empty());
  one.begin(all, 1);
  one.read(all, 1, 4, reading::fresh);
  EXPECT_EQ(one.shown(), (std::vector<std::string>{"r: e0 e1 e2"}));
}

TEST_F(stateful_rules_test, an_alert_whose_batch_was_given_back_comes_again) {
  process one{rules_};
  const std::vector<login> all{{0, 10, 0}, {1, 20, 0}, {2, 30, 0}, {3, 5'000, 1}};
  one.begin(all, 0);
  one.read(all, 0, 4, reading::fresh);
  one.begin(all, 3);
  one.read(all, 3, 4, reading::fresh);
  EXPECT_EQ(one.shown(), (std::vector<std::string>{"r: e0 e1 e2", "r: e0 e1 e2"}));
}

TEST_F(stateful_rules_test, the_same_record_counts_once_wherever_it_comes_from) {
  process one{rules_};
  const login same{0, 10, 0};
  for (int time = 0; time < 5; ++time) {
    one.stateful.add(static_cast<std::size_t>(time % 2), reading::fresh, alert_of(same), one.due);
  }
  one.stateful.finish(one.due);
  EXPECT_TRUE(one.due.empty());
}

TEST_F(stateful_rules_test, rules_that_did_not_change_keep_their_windows) {
  process one{rules_of(threshold("gone", 2) + threshold("kept", 3) + threshold("changed", 3))};
  for (int i = 0; i < 2; ++i) {
    one.stateful.add(0, reading::fresh, alert_of({i, 10 * i, 0}, 3), one.due);
  }
  one.stateful.follow(rules_of(threshold("kept", 3, "another title") + threshold("changed", 2) +
                               threshold("new", 2)));
  one.stateful.add(0, reading::fresh, alert_of({2, 30, 0}, 3), one.due);
  one.stateful.finish(one.due);
  EXPECT_EQ(one.shown(), (std::vector<std::string>{"kept: e0 e1 e2"}));
}

TEST(counted_records, forgets_the_oldest_and_what_came_from_there) {
  counted_records known{2};
  const std::string a(32, 'a');
  const std::string b(32, 'b');
  const std::string c(32, 'c');
  EXPECT_TRUE(known.admit(a, 1));
  EXPECT_FALSE(known.admit(a, 2));
  EXPECT_TRUE(known.admit(b, 2));
  EXPECT_TRUE(known.admit(c, 1));  // a is forgotten
  EXPECT_TRUE(known.admit(a, 1));  // b is
  known.forget(1);
  EXPECT_EQ(known.size(), 0U);
  EXPECT_TRUE(known.admit(a, 1));
  EXPECT_TRUE(known.admit(b, 1));
  EXPECT_FALSE(known.admit(a, 1));
}

}  // namespace
}  // namespace trailbell::pipeline
