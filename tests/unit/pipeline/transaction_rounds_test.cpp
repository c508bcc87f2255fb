// What an abort gives back, and what it must not.
#include <gtest/gtest.h>

#include <thread>

#include "trailbell/detect/rule_file.hpp"
#include "unit/pipeline/transaction_stand_ins.hpp"

namespace trailbell::pipeline::transactional {
namespace {

TEST(transactions, what_was_aborted_weighs_no_more) {
  int runs = 0;
  harness h{20, [&](const emit::transaction_content&) {
              return ++runs == 1
                         ? emit::transaction_result{emit::transaction_outcome::aborted, "no", {}}
                         : emit::transaction_result{};
            }};
  h.options.in_flight_bytes_max = limits::alert_bytes_typical;  // one alert at a time
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  h.expect_all(20);
}

// The settler is held up from before the first transaction until the second was aborted: it hears
// of both at once. What the first stored must not be read again.
TEST(transactions, a_commit_reaches_the_source_before_the_abort_that_comes_behind_it) {
  bounded_queue<int> first_runs{1};
  bounded_queue<int> held_up{1};
  int runs = 0;
  harness h{10, [&](const emit::transaction_content&) {
              ++runs;
              first_runs.close();
              held_up.pop();
              return runs == 2
                         ? emit::transaction_result{emit::transaction_outcome::aborted, "no", {}}
                         : emit::transaction_result{};
            }};
  h.to->on_refuses = [&](const alert& what) {
    if (what.event_id == "e1") {
      first_runs.pop();  // it holds e0 alone
    } else if (what.event_id == "e2") {
      held_up.close();
      h.to->idle.pop();
    }
  };
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  h.expect_all(10);
  EXPECT_EQ(h.meter.transactions["aborted"], 1);
}

// What is stored is acknowledged, though what comes behind it cannot be kept and waits.
TEST(transactions, a_full_quarantine_holds_back_no_commit) {
  bounded_queue<int> first_runs{1};
  bounded_queue<int> full{1};
  int runs = 0;
  harness h{10, [&](const emit::transaction_content&) {
              ++runs;
              first_runs.close();
              full.pop();
              return runs == 2
                         ? emit::transaction_result{emit::transaction_outcome::aborted, "no", {}}
                         : emit::transaction_result{};
            }};
  h.to->on_refuses = [&](const alert& what) {
    if (what.event_id == "e1") {
      first_runs.pop();  // it holds e0 alone
    }
  };
  h.is_full = [&] {
    full.close();
    return h.from->nacked.load() == 0;
  };
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  h.expect_all(10);
}

// The source has taken e3 before it hears that what was before it is given back: to store it would
// step over that.
TEST(transactions, what_was_taken_before_the_source_heard_of_an_abort_is_not_stored) {
  int runs = 0;
  bounded_queue<int> third{1};
  harness h{10, [&](const emit::transaction_content&) {
              third.pop();
              return ++runs == 1
                         ? emit::transaction_result{emit::transaction_outcome::aborted, "no", {}}
                         : emit::transaction_result{};
            }};
  h.from->on_take = [&, seen = false](std::int64_t at) mutable {
    if (at == 3 && !std::exchange(seen, true)) {
      third.close();
      h.to->idle.pop();  // the abort is told
      for (const int before = h.listener.beats; h.listener.beats < before + 2;) {
        std::this_thread::yield();  // and heard
      }
    }
  };
  h.from->on_nack = [&, seen = false]() mutable {
    if (!std::exchange(seen, true)) {  // time enough to store it
      for (const int before = h.listener.beats; h.to->runs < 2 && h.listener.beats < before + 2;) {
        std::this_thread::yield();
      }
    }
  };
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  h.expect_all(10);
}

// The third record makes the alert of the two before it due.
TEST(transactions, an_alert_of_several_records_that_is_stored_is_not_stored_again) {
  const auto record = [](const char* hour, const char* name, int number) {
    return R"({"eventVersion":"1.08","eventTime":"2026-01-01T)" + std::string{hour} +
           R"(:00:00Z","eventName":")" + name + R"(","eventID":"e)" + std::to_string(number) +
           "\"}";
  };
  const auto loaded =
      detect::load_rules({{"r.yaml",
                           "id: r\ntitle: t\npattern: '{ $.eventName = A }'\nseverity: low\n"
                           "threshold: {count: 2, window: 10m}\n"}});
  std::atomic<int> runs{0};
  harness h{{record("01", "A", 0), record("01", "A", 1), record("09", "B", 2), record("09", "A", 3),
             record("09", "B", 4)},
            [&](const emit::transaction_content&) {
              return ++runs == 2
                         ? emit::transaction_result{emit::transaction_outcome::aborted, "no", {}}
                         : emit::transaction_result{};
            },
            true};
  h.rules = std::make_shared<detect::rule_set>(
      std::vector<detect::rule_ptr>{loaded.value().front().rule});
  h.from->on_take = [&](std::int64_t at) {
    while (at == 4 && runs == 0) {
      std::this_thread::yield();
    }
  };
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_EQ(h.to->got, std::vector<std::string>{"e1"});
  EXPECT_EQ(h.meter.transactions["aborted"], 1);
}

// When the source has ended, what waited comes due, and no source gives it again.
TEST(transactions, an_alert_of_several_records_that_is_refused_goes_to_quarantine) {
  std::vector<std::string> log;
  for (int i = 0; i < 4; ++i) {
    log.push_back(R"({"eventVersion":"1.08","eventTime":"2026-01-01T00:00:00Z","eventName":")" +
                  std::string(i < 2 ? "A" : "B") + R"(","eventID":"e)" + std::to_string(i) + "\"}");
  }
  harness h{log, [&](const emit::transaction_content& content) {
              emit::transaction_result said;
              for (std::size_t i = 0; i < content.alerts.size(); ++i) {
                if (content.alerts[i]->event_id == "e1") {
                  said = {emit::transaction_outcome::aborted, "no", {{i, "the broker's limit"}}};
                }
              }
              return said;
            }};
  h.to->takes_rejects = true;
  const auto loaded =
      detect::load_rules({{"r.yaml",
                           "id: r\ntitle: t\npattern: '{ $.eventName = * }'\nseverity: low\n"
                           "threshold: {count: 2, window: 10m, group_by: [$.eventName]}\n"}});
  ASSERT_TRUE(loaded.ok());
  h.rules = std::make_shared<detect::rule_set>(
      std::vector<detect::rule_ptr>{loaded.value().front().rule});
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_EQ(h.to->got, std::vector<std::string>{"e3"});
  ASSERT_EQ(h.rejects.size(), 1U) << "kept before: its transaction may have to be tried again";
  EXPECT_EQ(h.rejects[0].reason, "the broker's limit");
}

// However many there were: those that are long done are forgotten, not those that come.
TEST(transactions, alerts_that_the_broker_refuses_hold_nothing_up_however_many_there_were) {
  harness h{10'500, [](const emit::transaction_content& content) {
              emit::transaction_result said;
              for (std::size_t i = 0; i < content.alerts.size(); ++i) {
                said.what = emit::transaction_outcome::aborted;
                said.refused.emplace_back(i, "the broker's limit");
              }
              return said;
            }};
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_TRUE(h.to->got.empty());
  EXPECT_EQ(h.to->position, 10'500);
  EXPECT_EQ(h.meter.records, 10'500U);
}

}  // namespace
}  // namespace trailbell::pipeline::transactional
