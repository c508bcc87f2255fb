// Does Prometheus have a rule loaded that fires on an IAM policy change?
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trailbell/verify/siem_chain.hpp"

namespace trailbell::verify {

// rules/prometheus/iam-changes.yaml, without white space: compared with it by a test.
inline constexpr std::string_view shipped_record =
    "job_event_name_outcome:trailbell_iam_policy_changes:increase5m";
inline constexpr std::string_view shipped_record_query =
    "sumby(job,event_name,outcome)(increase(trailbell_iam_policy_changes_total[5m])>0or"
    "trailbell_iam_policy_changes_total>0andon(job,instance)time()-process_start_time_seconds<300)";
inline constexpr std::string_view shipped_alert_query =
    "job_event_name_outcome:trailbell_iam_policy_changes:increase5m{outcome=\"success\"}>0";

// Without white space outside of quotes.
[[nodiscard]] std::string squeezed(std::string_view query);

struct judged_alert_rule {
  chain_link link;
  std::vector<const prometheus_rule*> firing;  // of the inventory: those that do
};
[[nodiscard]] judged_alert_rule judge_alert_rule(const prometheus_answers& said);

}  // namespace trailbell::verify
