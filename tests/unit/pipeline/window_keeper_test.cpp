// What windows hold over a restart, between a source that gives nothing again and a store that the
// test holds in its hands.
#include "pipeline/window_keeper.hpp"

#include <gtest/gtest.h>

#include <mutex>

#include "trailbell/detect/rule_file.hpp"
#include "unit/pipeline/service_stand_ins.hpp"

namespace trailbell::pipeline {
namespace {

class listed_store final : public window_store {
 public:
  content load() override { return {bytes, problem}; }
  std::string set_aside() override { return "it is kept elsewhere"; }
  result<done> save(std::string_view what) override {
    asked.close();
    bool closed = false;
    while (wait && !closed) {
      may_go_on.pop_for(milliseconds{1000}, closed);
    }
    if (fails) {
      return error{errc::output_failed, "the disk is full"};
    }
    bytes = what;
    ++saves;
    return done{};
  }

  std::string bytes, problem;
  bool wait = false, fails = false;
  int saves = 0;
  bounded_queue<int> asked{1}, may_go_on{1};  // closed: once; from now on
};

class noting_listener final : public service_listener {
 public:
  void on_trouble(std::string_view, const std::string& text) override { add(text); }
  void on_news(std::string_view, const std::string& text) override { add(text); }
  void on_condition(const std::string& part, const std::string& why) override {
    add(part + ": " + why);
  }
  void on_beat() override {}
  [[nodiscard]] bool said(const std::string& text) {
    const std::lock_guard lock{mutex_};
    return said_.find(text) != std::string::npos;
  }

 private:
  void add(const std::string& text) {
    const std::lock_guard lock{mutex_};
    said_ += text + "\n";
  }
  std::mutex mutex_;
  std::string said_;
};

std::shared_ptr<const detect::rule_set> threshold(int count) {
  const auto loaded = detect::load_rules(
      {{"r.yaml",
        "id: r\ntitle: t\npattern: '{ $.eventName = CreatePolicy }'\nseverity: low\n"
        "threshold: {count: " +
            std::to_string(count) + ", window: 10m}\n"}});
  return std::make_shared<detect::rule_set>(std::vector{loaded.value().at(0).rule});
}

// One process that reads messages of a source that does not give them again.
struct process {
  explicit process(std::shared_ptr<listed_store> store,
                   std::shared_ptr<const detect::rule_set> rules = threshold(3)) {
    h.options.windows = std::move(store);
    h.rules = std::move(rules);
  }
  listed_source& read(std::vector<std::string> messages, bool ends = true) {
    listed_source& from = h.read(std::move(messages), ends);
    from.kind = source_kind::file;
    return from;
  }
  std::unique_ptr<service> make() {
    return std::make_unique<service>(h.options, h.rules, std::move(h.sources), std::move(h.sinks),
                                     h.keep, h.meter, listener);
  }
  // The event ids that the alerts list.
  std::vector<std::string> alerts(std::vector<std::string> messages) {
    read(std::move(messages));
    std::vector<std::string> ids;
    h.write("a", [&ids](std::span<const alert* const> some) {
      for (const alert* const one : some) {
        std::string all;
        for (const auto& id : one->burst->event_ids) {
          all += id.value_or("null") + " ";
        }
        ids.push_back(all);
      }
      return emit::delivery_result{};
    });
    EXPECT_TRUE(make()->run().ok());
    return ids;
  }

  harness h;
  noting_listener listener;
};

using lines = std::vector<std::string>;

TEST(window_keeper, the_other_half_of_a_window_comes_to_another_process) {
  const auto store = std::make_shared<listed_store>();
  EXPECT_EQ(process{store}.alerts({record_of(1), record_of(2)}), lines{});
  process second{store};
  EXPECT_EQ(second.alerts({record_of(3), record_of(2)}), lines{"e1 e2 e3 "});
  EXPECT_TRUE(second.listener.said("go on with what they had counted: 1 rules"));
  EXPECT_EQ(process{store}.alerts({record_of(4), record_of(3)}), lines{}) << "nor does it twice";
}

TEST(window_keeper, a_batch_is_acknowledged_once_what_it_counted_is_kept) {
  const auto store = std::make_shared<listed_store>();
  store->wait = true;
  process one{store};
  // Half way between: a record that counts for nothing need not wait.
  const listed_source& from = one.read({record_of(1), record_of(2, "ListRoles")}, false);
  one.h.write("a");
  const auto all = one.make();
  std::thread running{[&all] { EXPECT_TRUE(all->run().ok()); }};
  store->asked.pop();
  while (one.h.meter.records == 0) {
    std::this_thread::yield();
  }
  EXPECT_EQ(one.h.meter.records, 1U) << "the other one waits to be kept";
  store->may_go_on.close();
  while (one.h.meter.records < 2) {
    std::this_thread::yield();
  }
  all->stop();
  running.join();
  EXPECT_EQ(from.settled.size(), 2U);
  EXPECT_EQ(from.settled.at(1'000'001), consume::outcome::acked);
}

TEST(window_keeper, where_nothing_can_be_kept_work_goes_on_and_it_is_said) {
  const auto store = std::make_shared<listed_store>();
  store->fails = true;
  process one{store};
  EXPECT_EQ(one.alerts({record_of(1), record_of(2), record_of(3)}), lines{"e1 e2 e3 "});
  EXPECT_EQ(one.h.meter.records, 3U);
  EXPECT_TRUE(one.listener.said("rules.state: the disk is full; what is done is acknowledged"));
}

TEST(window_keeper, nothing_is_written_where_nothing_counts) {
  const auto store = std::make_shared<listed_store>();
  process one{store};
  EXPECT_EQ(one.alerts({record_of(1, "ListRoles")}), lines{});
  EXPECT_EQ(store->saves, 0);
}

TEST(window_keeper, what_makes_no_sense_is_said_and_begun_anew) {
  const auto store = std::make_shared<listed_store>();
  EXPECT_EQ(process{store}.alerts({record_of(1), record_of(2)}), lines{});
  const std::string whole = store->bytes;
  for (const std::string& bytes :
       {whole.substr(0, whole.size() / 2), whole + "more", std::string{"anything"}}) {
    store->bytes = bytes;
    process next{store};
    EXPECT_EQ(next.alerts({record_of(3)}), lines{});
    EXPECT_TRUE(
        next.listener.said("makes no sense; it is kept elsewhere; thresholds and "
                           "correlations begin anew"));
  }
  store->bytes = {};
  store->problem = "the file is damaged";
  process next{store};
  EXPECT_EQ(next.alerts({record_of(3)}), lines{});
  EXPECT_TRUE(next.listener.said("the file is damaged; thresholds and correlations begin anew"));
}

TEST(window_keeper, another_rule_set_begins_anew_and_says_which) {
  const auto store = std::make_shared<listed_store>();
  EXPECT_EQ(process{store}.alerts({record_of(1), record_of(2)}), lines{});
  process other{store, threshold(4)};
  EXPECT_EQ(other.alerts({record_of(3), record_of(4), record_of(5)}), lines{});
  EXPECT_TRUE(other.listener.said("gone or others now, and what they had counted is forgotten: r"));
}

TEST(window_keeper, a_partition_that_is_read_again_is_not_kept) {
  const auto store = std::make_shared<listed_store>();
  process one{store};
  one.read({record_of(1), record_of(2)}).kind = source_kind::kafka;
  one.h.write("a");
  EXPECT_TRUE(one.make()->run().ok());
  EXPECT_EQ(process{store}.alerts({record_of(3)}), lines{});
}

}  // namespace
}  // namespace trailbell::pipeline
