#include "verify/trail_link.hpp"

#include <algorithm>
#include <map>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"
#include "verify/link_text.hpp"

namespace trailbell::verify {
namespace {

constexpr std::int64_t hour_ns = 3'600 * std::int64_t{1'000'000'000};
// CloudTrail delivers within minutes where there is anything to deliver; an account that nobody
// uses may have nothing for hours.
constexpr std::int64_t stale_after_ns = 24 * hour_ns;

constexpr const char* as_wanted = "multi-region, logging, records what the control is about";
constexpr const char* unreported_time = ", when it last delivered is not reported";
constexpr const char* unsure_why =
    " ago, and AWS reports no error: nobody used this account since, or delivery stands still";

// The answer about a trail: from its own region where that is complete, else from any.
template <class Answer>
const described<Answer>* answer_about(const inventory& of, const trail& about,
                                      by_name<Answer> region_inventory::*member) {
  const described<Answer>* best = nullptr;
  for (const auto& [name, region] : of.regions) {
    const auto at = (region.*member).find(about.arn);
    if (at == (region.*member).end()) {
      continue;
    }
    const bool better = best == nullptr || (!best->complete() && at->second.complete()) ||
                        (at->second.complete() && name == about.home_region);
    best = better ? &at->second : best;
  }
  return best;
}

const std::string& name_of(const trail& one) {
  return one.name.empty() ? one.arn : one.name;
}

std::string of_trail(const trail& one) {
  return " --region " + shell_quoted(one.home_region) + " --name " + shell_quoted(name_of(one));
}

class trail_judge {
 public:
  trail_judge(const inventory& of, const control& wanted, const trail& about, delivery by)
      : of_{of}, wanted_{wanted}, trail_{about}, by_{by} {}

  chain_head judge() {
    chain_head head;
    head.about = &trail_;
    head.trail = judge_trail(head.event_names);
    if (by_ == delivery::log_group) {
      head.group = judge_group(head);
    }
    return head;
  }

 private:
  [[nodiscard]] chain_link fault(std::string reason, std::string remedy) const {
    return missing(link_kind::trail, trail_.arn, std::move(reason), std::move(remedy));
  }
  [[nodiscard]] chain_link unsure(std::string reason) const {
    return undetermined(link_kind::trail, trail_.arn, std::move(reason));
  }

  chain_link judge_trail(std::vector<std::string>& names) {
    names = wanted_.records.event_names;
    const std::string update = "aws cloudtrail update-trail" + of_trail(trail_);
    if (!trail_.multi_region) {
      return fault("it records " + trail_.home_region + " alone" +
                       (trail_.home_region != "us-east-1" && wanted_.scope.global
                            ? ", and the records of global services such as IAM are in us-east-1"
                            : "; what happens in other regions is not recorded"),
                   update + " --is-multi-region-trail --include-global-service-events");
    }
    if (wanted_.scope.global && !trail_.global_service_events) {
      return fault("it leaves out the events of global services, IAM among them",
                   update + " --include-global-service-events");
    }
    const auto* const status = answer_about(of_, trail_, &region_inventory::trail_statuses);
    if (status == nullptr || !status->complete()) {
      return cannot_tell(link_kind::trail, trail_.arn, "GetTrailStatus",
                         "cloudtrail:GetTrailStatus",
                         status == nullptr ? listing{} : listing{*status});
    }
    if (!status->value.logging) {
      return fault("it is stopped: nothing is recorded",
                   "aws cloudtrail start-logging" + of_trail(trail_));
    }
    std::string notes;
    if (std::optional<chain_link> wrong = judge_selectors(names, notes)) {
      return *wrong;
    }
    return by_ == delivery::bucket ? judge_files(status->value, notes)
                                   : judge_delivery(status->value, notes);
  }

  // To S3.
  chain_link judge_files(const trail_status& status, const std::string& notes) const {
    if (!status.delivery_error.empty()) {
      return fault(
          "it cannot deliver to its bucket " + trail_.bucket + ": " + status.delivery_error,
          "aws s3api get-bucket-policy --bucket " + shell_quoted(trail_.bucket) +
              "  # it has to let cloudtrail.amazonaws.com put objects");
    }
    if (!status.delivery_time) {
      return present(link_kind::trail, trail_.arn,
                     std::string{as_wanted} + unreported_time + notes);
    }
    const std::int64_t since = ns_between(*status.delivery_time, of_.taken_at);
    return since > stale_after_ns
               ? unsure("it delivered to its bucket last " + duration_text(since) + unsure_why)
               : present(link_kind::trail, trail_.arn,
                         std::string{as_wanted} + ", delivered " + duration_text(since) + " ago" +
                             notes);
  }

  std::optional<chain_link> judge_selectors(std::vector<std::string>& names, std::string& notes) {
    const auto* const answer = answer_about(of_, trail_, &region_inventory::trail_selectors);
    event_selectors selectors;
    if (answer != nullptr && answer->complete()) {
      selectors = answer->value;
    } else if (trail_.custom_selectors.value_or(true)) {
      return cannot_tell(link_kind::trail, trail_.arn, "GetEventSelectors",
                         "cloudtrail:GetEventSelectors",
                         answer == nullptr ? listing{} : listing{*answer});
    }
    const reach any = recorded(selectors, wanted_.scope, "");
    if (any == reach::all) {
      notes = writes_only(selectors)
                  ? "; management events that only read are left out, which the benchmark's text "
                    "wants too"
                  : "";
      return std::nullopt;
    }
    std::vector<std::string> some;
    for (const std::string& name : wanted_.records.event_names) {
      if (recorded(selectors, wanted_.scope, name) == reach::all) {
        some.push_back(name);
      }
    }
    names = some;
    if (some.empty()) {
      return fault(selection_fault(any),
                   "aws cloudtrail put-event-selectors --region " +
                       shell_quoted(trail_.home_region) + " --trail-name " +
                       shell_quoted(name_of(trail_)) +
                       " --event-selectors "
                       "'[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":true}]'");
    }
    if (some.size() < wanted_.records.event_names.size()) {
      notes = "; its event selectors let only these through: " + comma_separated(some);
    }
    return std::nullopt;
  }

  [[nodiscard]] static bool writes_only(const event_selectors& selectors) {
    return recorded(selectors, {"", true, true}, "") != reach::all &&
           recorded(selectors, {"", false, true}, "") == reach::all;
  }

  [[nodiscard]] std::string selection_fault(reach any) const {
    const std::string calls =
        std::string{"management events"} + (wanted_.scope.reads ? "" : " that change something") +
        (wanted_.scope.source.empty() ? "" : " of " + std::string{wanted_.scope.source});
    return any == reach::none ? "its event selectors let no " + calls + " through"
                              : "its event selectors let only some " + calls +
                                    " through, and this control is about all of them";
  }

  chain_link judge_delivery(const trail_status& status, const std::string& notes) const {
    const std::int64_t now = of_.taken_at;
    if (!status.logs_delivery_error.empty()) {
      return fault(
          "it cannot deliver to its log group: " + status.logs_delivery_error +
              (status.logs_delivery_time
                   ? " (last delivered " +
                         duration_text(ns_between(*status.logs_delivery_time, now)) + " ago)"
                   : ""),
          "aws cloudtrail update-trail" + of_trail(trail_) + " --cloud-watch-logs-log-group-arn " +
              shell_quoted(trail_.log_group_arn + ":*") +
              " --cloud-watch-logs-role-arn \"$ROLE_ARN\"");
    }
    std::string said = as_wanted;
    if (status.logs_delivery_time && ns_between(*status.logs_delivery_time, now) > stale_after_ns) {
      const std::string age = duration_text(ns_between(*status.logs_delivery_time, now));
      const bool to_s3 = status.delivery_time && ns_between(*status.logs_delivery_time,
                                                            *status.delivery_time) > stale_after_ns;
      if (to_s3) {
        return fault("it delivered to S3 since, and to its log group last " + age + " ago",
                     "aws cloudtrail update-trail" + of_trail(trail_) +
                         " --cloud-watch-logs-log-group-arn " +
                         shell_quoted(trail_.log_group_arn + ":*") +
                         " --cloud-watch-logs-role-arn \"$ROLE_ARN\"");
      }
      return unsure("it delivered to its log group last " + age + unsure_why);
    }
    said +=
        status.logs_delivery_time
            ? ", delivered " + duration_text(ns_between(*status.logs_delivery_time, now)) + " ago"
            : std::string{unreported_time};
    if (!status.delivery_error.empty()) {
      said += "; its copy in S3 fails, which breaks no alarm: " + status.delivery_error;
    }
    return present(link_kind::trail, trail_.arn, said + notes);
  }

  chain_link judge_group(chain_head& head) const {
    const std::string& arn = trail_.log_group_arn;
    if (arn.empty()) {
      return missing(link_kind::log_group, "", "the trail delivers to no log group",
                     "aws cloudtrail update-trail" + of_trail(trail_) +
                         " --cloud-watch-logs-log-group-arn \"$LOG_GROUP_ARN\""
                         " --cloud-watch-logs-role-arn \"$ROLE_ARN\"",
                     lack::log_group);
    }
    const arn_parts parts = split_arn(arn);
    const std::string_view name = parts.resource.substr(
        std::min<std::size_t>(parts.resource.size(), std::string_view{"log-group:"}.size()));
    if (parts.account != of_.account_id) {
      return undetermined(
          link_kind::log_group, arn,
          "it is in account " + std::string{parts.account} +
              (trail_.organization ? ", as it is for an organization's trail" : "") +
              ", and out of sight from " + of_.account_id + "; verify that account");
    }
    const region_inventory* const region = of_.region(parts.region);
    if (region == nullptr || !region->log_groups.complete()) {
      return cannot_tell(
          link_kind::log_group, arn, "DescribeLogGroups of " + std::string{parts.region},
          "logs:DescribeLogGroups", region == nullptr ? listing{} : listing{region->log_groups});
    }
    for (const log_group& group : region->log_groups.items) {
      if (group.name == name && (group.arn.empty() || group.arn == arn)) {
        head.region = parts.region;
        head.group_name = name;
        return judge_existing(group, std::string{parts.region});
      }
    }
    return missing(link_kind::log_group, arn,
                   "there is no such log group in " + std::string{parts.region} + elsewhere(name),
                   "aws logs create-log-group --region " + shell_quoted(parts.region) +
                       " --log-group-name " + shell_quoted(name),
                   lack::log_group);
  }

  [[nodiscard]] std::string elsewhere(std::string_view name) const {
    for (const auto& [region, there] : of_.regions) {
      for (const log_group& group : there.log_groups.items) {
        if (group.name == name) {
          return "; one of that name in " + region + " gets nothing from this trail";
        }
      }
    }
    return "";
  }

  [[nodiscard]] chain_link judge_existing(const log_group& group, const std::string& region) const {
    if (group.log_class != "STANDARD") {
      return missing(
          link_kind::log_group, trail_.log_group_arn,
          "its class is " + group.log_class +
              ", which has no metric filters, and the class of a group cannot be changed",
          "aws logs create-log-group --region " + shell_quoted(region) + " --log-group-name " +
              shell_quoted(group.name + "-standard") + " --log-group-class STANDARD",
          lack::log_group);
    }
    return present(
        link_kind::log_group, trail_.log_group_arn,
        "exists, class STANDARD, " +
            (group.retention_days ? "kept for " + std::to_string(*group.retention_days) + " days"
                                  : std::string{"kept without end"}));
  }

  const inventory& of_;
  const control& wanted_;
  const trail& trail_;
  delivery by_;
};

}  // namespace

std::vector<chain_head> chain_heads(const inventory& of, const control& wanted, chain_link& none,
                                    delivery by) {
  // A multi-region trail is in every region's list: one complete list shows them all.
  std::map<std::string, const trail*> trails;
  bool listed = false;
  listing broken;
  for (const auto& [name, region] : of.regions) {
    listed = listed || region.trails.complete();
    if (!region.trails.complete() && region.trails.state < broken.state) {
      broken = region.trails;
    }
    for (const trail& one : region.trails.items) {
      trails.emplace(one.arn, &one);
    }
  }
  std::vector<chain_head> heads;
  for (const auto& [arn, one] : trails) {
    heads.push_back(trail_judge{of, wanted, *one, by}.judge());
  }
  none = listed ? missing(link_kind::trail, "", "there is no trail",
                          "aws cloudtrail create-trail --name trailbell --s3-bucket-name "
                          "\"$BUCKET\" --is-multi-region-trail",
                          lack::trail)
                : cannot_tell(link_kind::trail, "", "DescribeTrails", "cloudtrail:DescribeTrails",
                              broken);
  return heads;
}

}  // namespace trailbell::verify
