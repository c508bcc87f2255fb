// Small accounts at random, name by name: which names ring is told from how the account was made,
// without the chain's code. Trails record some names, filters match some, alarms, topics and
// subscriptions work or do not; the verdict and the covered names have to be as they were made.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "trailbell/detect/coverage.hpp"
#include "trailbell/detect/iam_policy_events.hpp"
#include "trailbell/verify/alarm_chain.hpp"

namespace trailbell::verify {
namespace {

constexpr const char* account = "111122223333";
constexpr const char* where = "us-east-1";
constexpr std::int64_t now = 1'770'000'000'000'000'000;

std::string arn(const std::string& service, const std::string& resource) {
  return "arn:aws:" + service + ":" + where + ":" + account + ":" + resource;
}

control iam_control() {
  return {"cis-4.4", "IAM policies", "", *detect::find_coverage_control("cis-4.4"),
          scope_of("cis-4.4")};
}

using name_set = std::set<std::string>;

class account_maker {
 public:
  explicit account_maker(std::mt19937& random) : random_{random} {}

  void make() {
    of_.account_id = account;
    of_.taken_at = now;
    for (auto* const list :
         {static_cast<listing*>(&region_.trails), static_cast<listing*>(&region_.log_groups),
          static_cast<listing*>(&region_.metric_filters), static_cast<listing*>(&region_.alarms),
          static_cast<listing*>(&region_.mute_rules), static_cast<listing*>(&region_.topics)}) {
      list->state = listing_state::complete;
    }
    for (int topic = 0; topic < 2; ++topic) {
      make_topic("topic" + std::to_string(topic));
    }
    for (int metric = 0; metric < 3; ++metric) {
      make_alarm("metric" + std::to_string(metric));
    }
    for (int trail = 0; trail < 2; ++trail) {
      make_trail(std::to_string(trail));
    }
    if (one_in(6)) {
      region_.metric_filters.state = listing_state::denied;
      region_.metric_filters.items.clear();
      dark_ = true;
      rings_.clear();
    }
    of_.regions[where] = region_;
  }

  [[nodiscard]] const inventory& made() const { return of_; }
  [[nodiscard]] const name_set& rings() const { return rings_; }
  // A trail delivers to a group whose filters nobody may see.
  [[nodiscard]] bool dark() const { return dark_ && some_head_; }

 private:
  bool one_in(unsigned n) { return random_() % n == 0; }

  name_set some_names(unsigned one_of) {
    name_set names;
    for (const std::string_view name : detect::iam_policy_events) {
      if (!one_in(one_of)) {
        names.insert(std::string{name});
      }
    }
    return names;
  }

  void make_topic(const std::string& name) {
    const std::string topic = arn("sns", name);
    const bool exists = !one_in(8);
    if (exists) {
      region_.topics.items.push_back(topic);
      auto& attributes = region_.topic_attributes_of[topic];
      attributes.state = listing_state::complete;
      attributes.value.policy =
          R"({"Statement":[{"Effect":"Allow","Principal":"*","Action":"sns:Publish"}]})";
    }
    auto& subscriptions = region_.subscriptions[topic];
    subscriptions.state = listing_state::complete;
    bool heard = false;
    for (unsigned i = 0; i < random_() % 3; ++i) {
      const bool confirmed = !one_in(3);
      const std::string id = confirmed ? topic + ":" + std::to_string(i) : "PendingConfirmation";
      subscriptions.value.push_back({id, "email", "a@example.com"});
      if (confirmed) {
        auto& attributes = region_.subscription_attributes_of[id];
        attributes.state = listing_state::complete;
        const bool starved = one_in(4);
        attributes.value.filter_policy = starved ? R"({"a":["b"]})" : "";
        heard = heard || !starved;
      }
    }
    if (exists && heard) {
      good_topics_.insert(topic);
    }
  }

  void make_alarm(const std::string& metric) {
    for (unsigned i = 0; i < random_() % 3; ++i) {
      metric_alarm alarm;
      alarm.name = metric + "-" + std::to_string(i);
      alarm.arn = arn("cloudwatch", "alarm:" + alarm.name);
      alarm.metric_namespace = one_in(10) ? "Other" : "N";
      alarm.metric_name = metric;
      alarm.statistic = "Sum";
      alarm.period_s = 300;
      alarm.threshold = one_in(5) ? 2 : 1;
      alarm.comparison = "GreaterThanOrEqualToThreshold";
      alarm.actions_enabled = !one_in(6);
      alarm.alarm_actions = {arn("sns", one_in(2) ? "topic0" : "topic1")};
      const bool good = alarm.metric_namespace == "N" && *alarm.threshold == 1 &&
                        alarm.actions_enabled && good_topics_.contains(alarm.alarm_actions.front());
      if (good) {
        good_metrics_.insert(metric);
      }
      region_.alarms.metric.push_back(std::move(alarm));
    }
  }

  void make_trail(const std::string& number) {
    trail one;
    one.name = "trail" + number;
    one.arn = arn("cloudtrail", "trail/" + one.name);
    one.home_region = where;
    one.log_group_arn = arn("logs", "log-group:group" + number);
    one.multi_region = !one_in(6);
    one.global_service_events = true;
    one.custom_selectors = true;
    auto& status = region_.trail_statuses[one.arn];
    status.state = listing_state::complete;
    status.value.logging = !one_in(6);
    auto& selectors = region_.trail_selectors[one.arn];
    selectors.state = listing_state::complete;
    name_set recorded = some_names(1'000'000);
    std::vector<field_selector> fields(1);
    fields[0].field = "eventCategory";
    fields[0].equals = {"Management"};
    if (one_in(3)) {
      recorded = some_names(5);
      field_selector name;
      name.field = "eventName";
      name.equals.assign(recorded.begin(), recorded.end());
      fields.push_back(std::move(name));
    }
    selectors.value.advanced = {std::move(fields)};
    const bool group_there = !one_in(8);
    if (group_there) {
      region_.log_groups.items.push_back(
          {"group" + number, one.log_group_arn, "STANDARD", std::nullopt});
    }
    const bool good = one.multi_region && status.value.logging && group_there && !recorded.empty();
    some_head_ = some_head_ || good;
    make_filters("group" + number, good ? recorded : name_set{});
    region_.trails.items.push_back(std::move(one));
  }

  void make_filters(const std::string& group, const name_set& recorded) {
    for (unsigned i = 0; i < random_() % 4; ++i) {
      const name_set names = some_names(one_in(2) ? 20 : 2);
      if (names.empty()) {
        continue;
      }
      metric_filter filter;
      filter.name = "filter" + std::to_string(i);
      filter.log_group = group;
      for (const std::string& name : names) {
        filter.pattern +=
            (filter.pattern.empty() ? "{ $.eventName = " : " || $.eventName = ") + name;
      }
      filter.pattern += " }";
      filter.metric_namespace = "N";
      filter.metric_name = "metric" + std::to_string(random_() % 3);
      filter.metric_value = one_in(8) ? "$.x" : "1";
      if (filter.metric_value == "1" && good_metrics_.contains(filter.metric_name)) {
        std::set_intersection(names.begin(), names.end(), recorded.begin(), recorded.end(),
                              std::inserter(rings_, rings_.end()));
      }
      region_.metric_filters.items.push_back(std::move(filter));
    }
  }

  std::mt19937& random_;
  inventory of_;
  region_inventory region_;
  name_set good_topics_, good_metrics_, rings_;
  bool dark_ = false;
  bool some_head_ = false;
};

TEST(chain_property, what_rings_is_what_some_whole_chain_matches) {
  std::mt19937 random{20'260'311};
  const control wanted = iam_control();
  int verdicts[3] = {};
  for (int round = 0; round < 1500; ++round) {
    account_maker maker{random};
    maker.make();
    const control_verdict got = verify_chain(maker.made(), wanted);
    const name_set covered{got.covered.begin(), got.covered.end()};
    ASSERT_EQ(covered, maker.rings()) << "round " << round;
    const verdict expected = covered.size() == detect::iam_policy_events.size() ? verdict::present
                             : maker.dark() ? verdict::undetermined
                                            : verdict::missing;
    ASSERT_EQ(got.is, expected) << "round " << round;
    ASSERT_EQ(got.covered.size() + got.uncovered.size(), detect::iam_policy_events.size());
    ASSERT_EQ(got.broken() == nullptr, got.is == verdict::present) << "round " << round;
    ASSERT_TRUE(std::is_sorted(got.links.begin(), got.links.end(),
                               [](const auto& a, const auto& b) { return a.link < b.link; }));
    ++verdicts[static_cast<std::size_t>(got.is)];
  }
  for (const int count : verdicts) {
    EXPECT_GT(count, 20);  // the test tests something
  }
}

}  // namespace
}  // namespace trailbell::verify
