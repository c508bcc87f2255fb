// region_visit: what an inventory holds of one region, asked of AWS.
//
// What is asked about follows from what was listed: topics from the alarms and rules that name
// them, and so on. Each answer is read as soon as it is there; one that is not as AWS documents it
// counts as failed, whatever is in the others. Thread-safety: none.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "verify/aws_asker.hpp"

namespace trailbell::verify {

class region_visit {
 public:
  region_visit(std::unique_ptr<aws_asker> asker, std::string account, std::string region);

  [[nodiscard]] const std::string& region() const noexcept { return region_; }

  void list_trails();
  [[nodiscard]] const std::vector<trail>& trails() const noexcept { return seen_.trails.items; }

  // Everything else. `homed`: ARNs of the trails whose home this is. `delivered_to`: whether a
  // trail's log group is here.
  void ask_all(const std::set<std::string>& homed, bool delivered_to);

  // Of a chain through files in S3. Whom a bucket tells; the region where it is instead, if it is
  // not in this one.
  std::string ask_bucket(const std::string& bucket);
  // Everything else of such a chain. `topics`: that CloudTrail tells.
  void ask_files(const std::set<std::string>& homed, const std::set<std::string>& topics);

  [[nodiscard]] std::string json() const { return text_.json(); }

 private:
  // The answer, read; it is kept under `key`. `thing`: where the call wants another name for it.
  // `as_it_came`: the same, if that is wanted.
  region_inventory ask(const aws_call& call, const std::string& key = {},
                       const std::string& thing = {}, call_answer* as_it_came = nullptr);
  void ask_trails(const std::set<std::string>& arns);
  void ask_logs();
  void ask_alarms();
  void ask_event_rules(bool (*wanted)(const event_rule&));
  void ask_named_topics();
  void ask_topics(bool delivered_to);
  void ask_topic(const std::string& topic);
  void ask_subscriptions(const std::string& topic);
  void ask_queue(const std::string& arn);
  void ask_key(const std::string& key);
  [[nodiscard]] bool may_ring(const metric_alarm& alarm) const;

  std::unique_ptr<aws_asker> asker_;
  std::string account_, region_;
  region_text text_;
  region_inventory seen_;
  std::set<std::string> named_topics_, named_queues_, asked_keys_, asked_queues_;
  bool to_event_bridge_ = false;
  bool of_files_ = false;
};

}  // namespace trailbell::verify
