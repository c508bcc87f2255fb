#include "observe/metric_series.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "trailbell/base/ensure.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/model/canary.hpp"

namespace trailbell::observe {
namespace {

using bounds = prometheus::Histogram::BucketBoundaries;

constexpr std::string_view other = "other";
constexpr std::array<std::string_view, 3> record_outcomes{"matched", "passed", "rejected"};
constexpr std::array<std::string_view, 2> byte_kinds{"read", "inflated"};
constexpr std::array<std::string_view, 2> object_outcomes{"read", "failed"};
constexpr std::array<std::string_view, 6> skipped_kinds{"digest",       "insight", "control",
                                                        "notification", "empty",   "unrecognised"};
constexpr std::array<std::string_view, 2> change_outcomes{"success", "failure"};
// userIdentity.type: CloudTrail User Guide, "userIdentity element".
constexpr std::array<std::string_view, 12> actor_types{
    "Root",       "IAMUser",         "AssumedRole",
    "Role",       "FederatedUser",   "IdentityCenterUser",
    "SAMLUser",   "WebIdentityUser", "Directory",
    "AWSAccount", "AWSService",      "Unknown"};
constexpr std::array<std::string_view, 3> verdict_names{"present", "missing", "undetermined"};
constexpr std::array<std::string_view, 4> delivery_outcomes{"accepted", "retry", "refused",
                                                            "dropped"};
constexpr std::array<std::string_view, 4> quarantine_reasons{"rejected", "failed", "unrecognised",
                                                             "refused"};
constexpr std::array severities{severity::informational, severity::low, severity::medium,
                                severity::high, severity::critical};

// From a file on this machine to a receiver that nears its time-out.
const bounds delivery_bounds_s{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                               0.5,   1,      2.5,   5,    10,    30,   60};
// CloudTrail delivers within about five minutes; behind a service that stood still, days gather.
const bounds age_bounds_s{1,   2,    5,    10,   30,     60,     120,     300,    600,
                          900, 1800, 3600, 7200, 21'600, 86'400, 259'200, 604'800};

void raise(prometheus::Counter& counter, std::uint64_t by) {
  counter.Increment(double(by));
}

template <class Series, std::size_t Size>
void raise_each(const std::array<Series*, Size>& series,
                const std::array<std::uint64_t, Size>& by) {
  for (std::size_t i = 0; i < Size; ++i) {
    raise(*series[i], by[i]);
  }
}

// Labels are closed sets.
template <class Values>
std::string_view known(const Values& values, std::string_view value) {
  return std::ranges::find(values, value) == std::end(values) ? other : value;
}

}  // namespace

std::string label_text(std::string_view value) {
  std::string text;
  for (std::size_t at = 0; at < value.size();) {
    const std::size_t size = decode_utf8(value, at).size;
    text.append(size == 0 ? "\xef\xbf\xbd" : value.substr(at, size));
    at += std::max<std::size_t>(size, 1);
  }
  return text;
}

metric_series::metric_series(const prometheus_options& options)
    : process_{registry_, double(options.started_ns) / 1e9},
      event_names_{options.event_names.begin(), options.event_names.end()},
      sinks_{options.sinks},
      parts_{options.parts} {
  build_info_.of({options.version, options.commit, options.simd}).Set(1);
  for (const std::string& name : options.sources) {
    sources_.emplace(name, make_source(name))
        .first->second.last_progress->Set(double(options.started_ns) / 1e9);
  }
  if (sources_.contains("s3")) {
    announced_.make();
  }
  if (sources_.contains("kafka")) {
    rebalances_.of({});
    duplicates_.of({});
  }
  for (const std::string& part : parts_) {
    ready_.of({part});
  }
  for (const std::string& name : sinks_) {
    make_sink(name);
  }
  for (const std::string& name : event_names_) {
    for (const std::string_view outcome : change_outcomes) {
      policy_changes_.of({name, outcome});
    }
  }
  for (const std::string_view outcome : change_outcomes) {
    for (const std::string_view type : actor_types) {
      changes_by_actor_.of({type, outcome});
    }
    changes_by_actor_.of({other, outcome});
  }
  for (const std::string_view reason : quarantine_reasons) {
    quarantined_.of({reason});
  }
  quarantine_cut_.of({});
  suppressed_.of({"dedup"});
  suppressed_.of({"rule"});
  canaries_.of({});
  event_age_.of({}, age_bounds_s);
  in_flight_.of({});
  rules_loaded_.of({});
  reload_failures_.of({});
  if (options.transactions) {
    transactions_.of({"committed"});
    transactions_.of({"aborted"});
  }
}

metric_series::source_series metric_series::make_source(std::string_view name) {
  source_series made{};
  const auto find_each = [&](auto& into, metric_family<counter>& family, const auto& values) {
    std::ranges::transform(values, into.begin(), [&](std::string_view value) {
      return &family.of({name, value});
    });
  };
  find_each(made.records, records_, record_outcomes);
  find_each(made.bytes, bytes_, byte_kinds);
  find_each(made.objects, objects_, object_outcomes);
  find_each(made.skipped, skipped_, skipped_kinds);
  made.last_progress = &last_progress_.of({name});
  return made;
}

metric_series::source_series& metric_series::source_of(std::string_view name) {
  auto found = sources_.find(name);
  if (found == sources_.end()) {
    found = sources_.try_emplace(std::string{other}, make_source(other)).first;
  }
  return found->second;
}

void metric_series::make_sink(std::string_view name) {
  delivery_seconds_.of({name}, delivery_bounds_s);
  for (const std::string_view outcome : delivery_outcomes) {
    deliveries_.of({name, outcome});
  }
}

// An increase is seen only from a 0 that was scraped: the alert of a rule that fires once a year
// has to be one.
void metric_series::make_rule(std::string_view id) {
  findings_.of({id});
  for (const severity level : severities) {
    alerts_.of({id, to_string(level)});
  }
}

void metric_series::add(std::string_view source, const batch_counts& counts, std::int64_t now_ns) {
  source_series& series = source_of(source);
  const skipped_tally& skipped = counts.decoded.skipped;
  raise_each(series.records, {counts.matched, counts.passed(), counts.decoded.rejected});
  raise_each(series.bytes, {counts.bytes_read, counts.bytes_inflated});
  raise_each(series.objects, {counts.objects, counts.objects_failed});
  raise_each(series.skipped, {skipped.digest, skipped.insight, skipped.control,
                              skipped.notification, skipped.empty, counts.decoded.unrecognised});
  series.last_progress->Set(double(now_ns) / 1e9);
  add_quarantine_cut(counts.quarantine_cut);
  for (const auto& [reason, count] : counts.quarantined) {
    raise(quarantined_.of({known(quarantine_reasons, reason)}), count);
  }
  if (counts.findings > 0) {
    add_findings(counts);
  }
  raise(canaries_.of({}), counts.canaries.size());
  for (const std::string& id : counts.canaries) {
    last_canaries_.emplace_back(id, now_ns);
  }
  if (last_canaries_.size() > canaries_shown_max) {
    last_canaries_.erase(last_canaries_.begin(),
                         last_canaries_.end() - std::ptrdiff_t{canaries_shown_max});
  }
  for (const auto& [name, outcomes] : counts.policy_changes) {
    ensure(name < event_names_.size(), "a policy change is one of the names");
    raise(policy_changes_.of({event_names_[name], "success"}), outcomes[0]);
    raise(policy_changes_.of({event_names_[name], "failure"}), outcomes[1]);
  }
  for (const auto& [type, outcomes] : counts.changes_by_actor) {
    raise(changes_by_actor_.of({known(actor_types, type), "success"}), outcomes[0]);
    raise(changes_by_actor_.of({known(actor_types, type), "failure"}), outcomes[1]);
  }
}

void metric_series::add_findings(const batch_counts& counts) {
  for (const auto& [rule, count] : counts.findings_by_rule) {
    raise(findings_.of({rule}), count);
  }
  for (const auto& [rule, count] : counts.alerts) {
    raise(alerts_.of({rule.first, to_string(rule.second)}), count);
  }
  raise(suppressed_.of({"dedup"}), counts.suppressed_by_dedup);
  raise(suppressed_.of({"rule"}), counts.suppressed_by_rule);
  histogram& ages = event_age_.of({}, age_bounds_s);
  for (const double age : counts.event_ages) {
    if (std::isfinite(age)) {
      ages.Observe(std::max(0.0, age));  // clocks differ; no record is younger than new
    }
  }
}

void metric_series::add_delivery(std::string_view sink, std::string_view outcome,
                                 std::uint64_t alerts, double seconds) {
  const std::string_view name = known(sinks_, sink);
  raise(deliveries_.of({name, known(delivery_outcomes, outcome)}), alerts);
  if (outcome != "dropped" && std::isfinite(seconds)) {  // what was dropped was not attempted
    delivery_seconds_.of({name}, delivery_bounds_s).Observe(std::max(0.0, seconds));
  }
}

void metric_series::set_lags(std::span<const partition_lag> lags) {
  std::map<std::pair<std::string, std::int32_t>, gauge*> now;
  for (const partition_lag& lag : lags) {
    gauge& series = lag_.of({lag.topic, std::to_string(lag.partition)});
    series.Set(double(lag.records));
    now.emplace(std::pair{lag.topic, lag.partition}, &series);
  }
  for (const auto& [partition, series] : lags_) {
    if (!now.contains(partition)) {
      lag_.remove(series);
    }
  }
  lags_ = std::move(now);
}

void metric_series::add_group_events(const group_events& more) {
  raise(rebalances_.of({}), more.rebalances);
  raise(duplicates_.of({}), more.duplicates);
}

void metric_series::set_ready(std::string_view part, std::string_view not_ready) {
  ready_.of({known(parts_, part)}).Set(not_ready.empty() ? 1 : 0);
}

void metric_series::set_verdict(std::string_view control, std::string_view verdict) {
  for (const std::string_view one : verdict_names) {
    verdicts_.of({control, one}).Set(one == verdict ? 1 : 0);
  }
}

void metric_series::set_links(
    std::string_view control,
    std::span<const std::pair<std::string_view, std::string_view>> verdicts) {
  for (const auto& [link, verdict] : verdicts) {
    for (const std::string_view one : verdict_names) {
      link_verdicts_.of({control, link, one}).Set(one == verdict ? 1 : 0);
    }
  }
}

void metric_series::set_verify_time(std::int64_t now_ns) {
  verify_time_.of({}).Set(double(now_ns) / 1e9);
}

void metric_series::add_quarantine_cut(std::uint64_t pieces) {
  raise(quarantine_cut_.of({}), pieces);
}

void metric_series::set_in_flight_bytes(std::uint64_t bytes) {
  in_flight_.of({}).Set(double(bytes));
}

// Counters of rules that are gone stay: a sum over all rules must not go back.
void metric_series::set_rules(std::span<const std::string> ids) {
  for (const std::string& id : ids) {
    make_rule(id);
  }
  rules_loaded_.of({}).Set(double(std::set<std::string_view>{ids.begin(), ids.end()}.size()));
}

std::vector<prometheus::MetricFamily> metric_series::collect() {
  process_.update();
  return registry_.Collect();
}

void metric_series::add_transaction(std::string_view outcome) {
  transactions_.of({outcome == "committed" ? outcome : "aborted"}).Increment();
}

void metric_series::set_announced(const announced_status& status) {
  announced_.set(status);
}

void metric_series::add_reload_failure() {
  reload_failures_.of({}).Increment();
}

}  // namespace trailbell::observe
