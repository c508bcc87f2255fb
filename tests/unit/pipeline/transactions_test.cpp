// The engine with real threads where alerts and positions are stored by transactions.
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "trailbell/detect/rule_file.hpp"
#include "unit/pipeline/transaction_stand_ins.hpp"

namespace trailbell::pipeline::transactional {
namespace {

TEST(transactions, store_alerts_and_positions_and_then_tell_others) {
  harness h{500};
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  h.expect_all(500);
  ASSERT_EQ(h.rejects.size(), 1U);
  EXPECT_EQ(h.rejects[0].kind, "refused");
  EXPECT_EQ(h.rejects[0].reason, "too large");
  EXPECT_EQ(h.meter.transactions.count("aborted"), 0U);
}

// Before anything comes: a process that is killed by then has to begin there again.
TEST(transactions, store_where_reading_begins) {
  std::promise<void> stored;
  harness h{3, [&](const emit::transaction_content& content) {
              if (content.positions.at(0).next == 0) {
                stored.set_value();
              }
              return emit::transaction_result{};
            }};
  h.from->start_is_due = true;
  h.from->on_take = [begun = stored.get_future().share()](std::int64_t) {
    EXPECT_EQ(begun.wait_for(std::chrono::seconds{60}), std::future_status::ready);
  };
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  h.expect_all(3);
}

TEST(transactions, what_was_aborted_is_read_again_and_stored_once) {
  int runs = 0;
  harness h{600, [&](const emit::transaction_content&) {
              return ++runs % 3 == 1 && runs < 8
                         ? emit::transaction_result{emit::transaction_outcome::aborted, "no", {}}
                         : emit::transaction_result{};
            }};
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  h.expect_all(600);
  EXPECT_GT(h.from->nacked.load(), 0);
  EXPECT_GT(h.meter.transactions["aborted"], 0);
}

TEST(transactions, store_rejects_with_the_position_behind_them_and_once_after_aborts) {
  int runs = 0;
  harness h{400,
            [&](const emit::transaction_content& content) {
              for (const emit::transaction_record* const each : content.records) {
                EXPECT_TRUE(each->value == "{ no json" || each->key == "topic[3]@7");
              }
              return ++runs % 3 == 1 && runs < 8
                         ? emit::transaction_result{emit::transaction_outcome::aborted, "no", {}}
                         : emit::transaction_result{};
            },
            true};
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  std::vector<std::string> expected;
  for (int i = 0; i < 400; ++i) {
    if (i % poison == 0 || i == 7) {  // 7: an alert that the sink refuses
      expected.push_back("topic[3]@" + std::to_string(i));
    }
  }
  EXPECT_EQ(h.to->kept, expected);
  EXPECT_TRUE(h.rejects.empty()) << "nothing is kept beside the transactions";
  EXPECT_EQ(h.to->position, 400);
  EXPECT_EQ(h.meter.cut, expected.size());
  EXPECT_EQ(h.to->got.size(), 400 - expected.size());
  EXPECT_EQ(h.other->got, h.to->got);
}

TEST(transactions, an_alert_that_the_broker_refuses_goes_to_quarantine_and_holds_nothing_up) {
  harness h{20, [&](const emit::transaction_content& content) {
              for (std::size_t i = 0; i < content.alerts.size(); ++i) {
                if (content.alerts[i]->event_id == "e3") {
                  return emit::transaction_result{
                      emit::transaction_outcome::aborted, "refused", {{i, "the broker's limit"}}};
                }
              }
              return emit::transaction_result{};
            }};
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  EXPECT_EQ(h.to->got.size(), 18U);
  EXPECT_EQ(h.to->position, 20);
  std::map<std::string, std::string> kept;
  for (const reject& each : h.rejects) {
    kept[to_string(each.place)] = each.reason;
  }
  EXPECT_EQ(kept.at("topic[3]@3"), "the broker's limit");
}

TEST(transactions, a_sink_that_has_ended_ends_the_service_at_once) {
  harness h{50, [](const emit::transaction_content&) {
              return emit::transaction_result{
                  emit::transaction_outcome::unusable, "another process is there", {}};
            }};
  h.options.drain_timeout = std::chrono::minutes{10};
  const auto all = h.make();
  EXPECT_EQ(all->run().failure().message, "another process is there");
  EXPECT_TRUE(h.to->got.empty());
  EXPECT_TRUE(h.other->got.empty());
  EXPECT_EQ(h.from->acked.load(), 0);
}

// One alert of each three records, which comes due fifteen minutes of them later.
TEST(transactions, alerts_of_several_records_are_stored_with_what_completed_them) {
  constexpr int messages = 600;
  std::vector<std::string> log;
  for (int i = 0; i < messages; ++i) {
    const auto two = [](int number) { return (number < 10 ? "0" : "") + std::to_string(number); };
    log.push_back(R"({"eventVersion":"1.08","eventName":"A","eventTime":"2026-01-01T)" +
                  two(i / 60) + ":" + two(i % 60) + R"(:00Z","eventID":"e)" + std::to_string(i) +
                  "\"}");
  }
  int runs = 0;
  harness h{log,
            [&](const emit::transaction_content& content) {
              const bool no = ++runs % 2 == 1 && !content.alerts.empty() && runs < 20;
              return no ? emit::transaction_result{emit::transaction_outcome::aborted, "no", {}}
                        : emit::transaction_result{};
            },
            true};
  const auto loaded =
      detect::load_rules({{"r.yaml",
                           "id: many\ntitle: t\nseverity: low\npattern: '{ $.eventName = A }'\n"
                           "threshold: {count: 3, window: 10m, group_by: [$.eventName]}\n"}});
  ASSERT_TRUE(loaded.ok());
  const std::vector<detect::rule_ptr> rules{loaded.value().front().rule};
  h.rules = std::make_shared<detect::rule_set>(rules);
  const auto all = h.make();
  EXPECT_TRUE(all->run().ok());
  std::vector<std::string> expected;
  for (int i = 2; i < messages; i += 3) {
    expected.push_back("e" + std::to_string(i));
  }
  EXPECT_EQ(h.to->got, expected);
  EXPECT_EQ(h.other->got, expected);
  EXPECT_EQ(h.to->position, messages);
  EXPECT_GT(h.to->notes, 0);
  EXPECT_GT(h.meter.transactions["aborted"], 0);
  EXPECT_EQ(h.meter.alerts, expected.size()) << "counted once";
}

// The partition goes away while a transaction holds some of it: what that commits counts, the rest
// is neither stored nor waited for.
TEST(transactions, what_is_given_up_is_not_stored) {
  bounded_queue<int> first_runs{1};
  bounded_queue<int> go_on{1};
  harness h{200, [&](const emit::transaction_content&) {
              first_runs.close();
              go_on.pop();
              return emit::transaction_result{};
            }};
  const auto all = h.make();
  std::thread running{[&] { EXPECT_TRUE(all->run().ok()); }};
  first_runs.pop();
  h.from->give_up.store(true);
  while (h.from->give_up.load()) {
    std::this_thread::yield();
  }
  go_on.close();
  running.join();
  EXPECT_EQ(static_cast<std::int64_t>(h.to->got.size()) + (h.to->position > 7 ? 1 : 0),
            h.to->position);
  EXPECT_EQ(h.other->got, h.to->got);
  EXPECT_EQ(h.meter.records, static_cast<std::uint64_t>(h.to->position));
}

}  // namespace
}  // namespace trailbell::pipeline::transactional
