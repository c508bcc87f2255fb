#include "verify/mending_plan.hpp"

#include <algorithm>

#include "verify/action_link.hpp"
#include "verify/filter_link.hpp"

namespace trailbell::verify {
namespace {

constexpr const char* own_name = "trailbell";

class planner {
 public:
  planner(const inventory& of, const control_verdict& control) : of_{of}, control_{control} {}

  mending_plan plan() {
    out_.control = control_.control;
    out_.title = control_.title;
    out_.is = control_.is;
    out_.metric = {control_.control,
                   "",
                   control_.pattern,
                   control_.control,
                   own_name,
                   "1",
                   {},
                   "None",
                   {},
                   {},
                   "",
                   false};
    out_.alarm_name = control_.control;
    out_.topic_name = own_name;
    for (const chain_link& link : control_.links) {
      look_at(link);
    }
    complete();
    return out_;
  }

 private:
  void look_at(const chain_link& link) {
    locate(link);
    if (link.is == verdict::undetermined) {
      out_.doubts.push_back(link);
    }
    if (link.is != verdict::missing) {
      return;
    }
    switch (link.lacks) {
      case lack::none:
        out_.changes.push_back(link);
        break;
      case lack::trail:
        out_.trail = true;
        break;
      case lack::log_group:
        out_.log_group = true;
        break;
      case lack::metric_filter:
        out_.filter = true;
        break;
      case lack::alarm:
        out_.alarm = true;
        break;
      case lack::topic:
        out_.topic = true;
        break;
      case lack::subscription:
        out_.subscription = true;
        out_.topic_arn = link.resource;
        break;
    }
  }

  // Names of what is there.
  void locate(const chain_link& link) {
    const arn_parts parts = split_arn(link.resource);
    switch (link.link) {
      case link_kind::trail:
        out_.trail_name = parts.resource.starts_with("trail/")
                              ? std::string{parts.resource.substr(6)}
                              : std::string{own_name};
        out_.trail_region = parts.region;
        out_.region = out_.region.empty() ? out_.trail_region : out_.region;
        break;
      case link_kind::log_group:
        if (parts.resource.starts_with("log-group:")) {
          out_.region = parts.region;
          out_.group_name = parts.resource.substr(10);
        }
        break;
      case link_kind::metric_filter:
        find_filter(link.resource);
        break;
      case link_kind::alarm:
        find_alarm(link.resource);
        break;
      default:
        break;
    }
  }

  void find_filter(const std::string& resource) {
    const region_inventory* const region = of_.region(out_.region);
    if (region == nullptr || resource.empty()) {
      return;
    }
    for (const metric_filter& filter : region->metric_filters.items) {
      if (resource_of(filter) == resource) {
        out_.metric = filter;
        out_.alarm_name = filter.name;
      }
    }
  }

  void find_alarm(const std::string& resource) {
    const region_inventory* const region = of_.region(out_.region);
    if (region == nullptr) {
      return;
    }
    for (const metric_alarm& alarm : region->alarms.metric) {
      if (!resource.empty() && (alarm.arn == resource || alarm.name == resource)) {
        out_.alarm_name = alarm.name;
      }
    }
  }

  // A thing that is to be added wants what is behind it too.
  void complete() {
    const bool any = out_.trail || out_.log_group || out_.filter || out_.alarm || out_.topic;
    if (out_.region.empty()) {
      out_.region = of_.regions.empty() ? "us-east-1" : of_.regions.begin()->first;
    }
    if (out_.trail_region.empty()) {
      out_.trail_region = out_.region;
    }
    if (out_.filter) {  // beside what is there, under names of its own
      out_.metric.name = out_.metric.metric_name = out_.alarm_name = control_.control;
      out_.metric.pattern = control_.pattern;
      out_.metric.metric_namespace = own_name;
    }
    out_.log_group = out_.log_group || out_.trail;
    out_.filter = out_.filter || out_.log_group;
    out_.alarm = out_.alarm || out_.filter || out_.topic;
    if (out_.log_group) {
      out_.group_name = out_.group_name.empty() ? "trailbell/cloudtrail" : out_.group_name + "-new";
    }
    out_.metric.log_group = out_.group_name;
    if (any && out_.topic_arn.empty()) {
      out_.topic_arn = topic_that_is_heard();
      out_.topic = out_.topic_arn.empty();
      out_.subscription = out_.topic;
    }
  }

  // A topic of this region which CloudWatch may publish to, and that somebody hears.
  [[nodiscard]] std::string topic_that_is_heard() const {
    const region_inventory* const region = of_.region(out_.region);
    if (region == nullptr) {
      return "";
    }
    for (const std::string& topic : region->topics.items) {
      alarm_base alarm;
      alarm.name = out_.alarm_name;
      alarm.arn =
          "arn:aws:cloudwatch:" + out_.region + ":" + of_.account_id + ":alarm:" + out_.alarm_name;
      alarm.alarm_actions = {topic};
      const action_route route = action_routes(of_, out_.region, alarm).front();
      const bool whole = std::all_of(route.begin(), route.end(), [](const chain_link& link) {
        return link.is == verdict::present;
      });
      if (whole) {
        return topic;
      }
    }
    return "";
  }

  const inventory& of_;
  const control_verdict& control_;
  mending_plan out_;
};

}  // namespace

mending_plan plan_for(const inventory& of, const control_verdict& control) {
  return planner{of, control}.plan();
}

}  // namespace trailbell::verify
