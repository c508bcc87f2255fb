#include "verify/chain_candidates.hpp"

#include <algorithm>
#include <tuple>

#include "verify/action_link.hpp"
#include "verify/alarm_link.hpp"
#include "verify/filter_link.hpp"
#include "verify/link_text.hpp"

namespace trailbell::verify {
namespace {

constexpr std::size_t link_kinds = 6;

// How far from whole: faults and links that are not there, then doubts, then where it breaks.
auto distance_of(const std::vector<chain_link>& links) {
  std::size_t faults = 0;
  std::size_t doubts = 0;
  std::size_t reached = 0;
  std::size_t first_fault = link_kinds;
  for (const chain_link& link : links) {
    const auto kind = static_cast<std::size_t>(link.link);
    faults += link.is == verdict::missing ? 1 : 0;
    doubts += link.is == verdict::undetermined ? 1 : 0;
    first_fault = link.is == verdict::missing ? std::min(first_fault, kind) : first_fault;
    reached = std::max(reached, kind + 1);
  }
  return std::tuple{faults + (link_kinds - reached), doubts, link_kinds - first_fault,
                    links.size()};
}

// What a filter publishes may turn out not to ring an alarm: that link replaces the good one.
void append(std::vector<chain_link>& links, const std::vector<chain_link>& more) {
  for (const chain_link& link : more) {
    if (link.link == link_kind::metric_filter) {
      std::erase_if(links, [](const chain_link& one) {
        return one.link == link_kind::metric_filter && one.is == verdict::present;
      });
    }
    links.push_back(link);
  }
}

// From the alarm on.
std::vector<chain_link> best_tail(const inventory& of, const chain_head& head,
                                  const metric_filter& filter, double value) {
  chain_link none;
  const std::vector<judged_alarm> alarms = judge_alarms({of, head.region, filter, value}, none);
  std::vector<chain_link> best;
  for (const judged_alarm& alarm : alarms) {
    for (const action_route& route : action_routes(of, head.region, *alarm.acting)) {
      std::vector<chain_link> tail = alarm.links;
      tail.insert(tail.end(), route.begin(), route.end());
      if (best.empty() || is_better(tail, best)) {
        best = std::move(tail);
      }
    }
  }
  return best.empty() ? std::vector{none} : best;
}

}  // namespace

verdict worst_of(const std::vector<chain_link>& links) noexcept {
  verdict worst = verdict::present;
  for (const chain_link& link : links) {
    worst = std::max(worst, link.is);
  }
  return worst;
}

bool is_better(const std::vector<chain_link>& a, const std::vector<chain_link>& b) {
  return std::tuple{worst_of(a), distance_of(a)} < std::tuple{worst_of(b), distance_of(b)};
}

std::vector<chain_candidate> candidates_of(const inventory& of, const control& wanted,
                                           const chain_head& head) {
  const region_inventory* const region = of.region(head.region);
  std::vector<chain_candidate> all;
  if (head.group_name.empty() || region == nullptr) {
    return all;
  }
  const auto add = [&](std::vector<chain_link> links,
                       std::optional<detect::filter_pattern> pattern) {
    chain_candidate one;
    one.links = std::move(links);
    one.is = worst_of(one.links);
    one.pattern = std::move(pattern);
    one.event_names = head.event_names;
    if (one.pattern) {
      one.alone = covers(wanted.records, {&*one.pattern, 1});
    }
    all.push_back(std::move(one));
  };
  if (!region->metric_filters.complete()) {
    add({head.trail, head.group,
         cannot_tell(link_kind::metric_filter, "", "DescribeMetricFilters of " + head.region,
                     "logs:DescribeMetricFilters", region->metric_filters)},
        std::nullopt);
    return all;
  }
  for (const metric_filter& filter : region->metric_filters.items) {
    if (filter.log_group != head.group_name) {
      continue;
    }
    judged_filter judged = judge_filter(*region, head.region, filter);
    std::vector<chain_link> links{head.trail, head.group, judged.link};
    if (!filter.metric_name.empty()) {
      // Of a filter that publishes nothing usable, what is behind it is judged as if it did.
      const double value = judged.link.is == verdict::present ? judged.value : 1;
      append(links, best_tail(of, head, filter, value));
    }
    add(std::move(links), std::move(judged.pattern));
  }
  std::stable_sort(all.begin(), all.end(), [](const chain_candidate& a, const chain_candidate& b) {
    return is_better(a.links, b.links);
  });
  return all;
}

}  // namespace trailbell::verify
