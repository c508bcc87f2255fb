// A sink that raises alerts in Prometheus Alertmanager (API v2).
//
// Labels: alertname (the rule's title), severity, rule_id, event_name, account_id, region and
// alert_id, so that no two changes merge; and those of the options, in whose values {{field}} is
// put in place as in a webhook's body (webhook_sink.hpp). startsAt is the event's time, or now
// where that is missing, unreadable or to come. endsAt is now plus `resolve_after`: an alert tells
// of something that happened, so nobody else would end it. The rest is in annotations, with those
// of the options.
//
// Several URLs are the members of one cluster: each gets every alert, as Alertmanager wants it; one
// that takes them is enough for `accepted`, since the cluster shares what it was told. A member
// that failed is left out for a while as long as another one works. They are asked in turn: an
// attempt takes at most the request_timeout of each.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "trailbell/aws/http_client.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/emit/sink.hpp"

namespace trailbell::emit {

struct alertmanager_options {
  std::vector<std::string> urls;  // each up to what stands before /api/v2/alerts
  std::vector<aws::http_header> headers;
  std::vector<std::pair<std::string, std::string>> labels{}, annotations{};  // added to each alert
  std::string generator_url;                                                 // empty: none
  std::chrono::seconds resolve_after{3600};
  std::size_t alerts_max = 100;
  aws::http_options http{};
};

// Errors: no URL, or one that is none; a label or an annotation whose name is none or is one of
// ours, or whose {{field}} is none.
[[nodiscard]] result<std::unique_ptr<sink>> open_alertmanager_sink(
    const alertmanager_options& options);

}  // namespace trailbell::emit
