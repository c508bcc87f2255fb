#include "verify/service_link.hpp"

#include <algorithm>
#include <cmath>

#include "trailbell/base/text.hpp"
#include "verify/chain_candidates.hpp"
#include "verify/link_text.hpp"
#include "verify/metrics_text.hpp"

namespace trailbell::verify {
namespace {

using detect::coverage_answer;
using detect::coverage_grade;
using detect::filter_pattern;

// The same as TrailbellStalled, TrailbellEventsOld of rules/prometheus.
constexpr double stalled_after_s = 300;
constexpr double old_after_s = 1800;
// What was delivered has reached the service by then.
constexpr double arrival_max_s = 900;

class service_judge {
 public:
  service_judge(const inventory& of, const control& wanted, std::string_view kind,
                const std::string& address, const siem_service& about,
                std::optional<std::int64_t> delivered_at)
      : of_{of},
        wanted_{wanted},
        kind_{kind},
        address_{address},
        about_{about},
        delivered_at_{delivered_at} {}

  judged_service judge() {
    judged_service out;
    out.service = judge_running();
    out.rules = judge_rules(out.coverage);
    out.sink = judge_sink();
    out.scrape = judge_scrape(out.job);
    return out;
  }

 private:
  [[nodiscard]] chain_link fault(link_kind link, std::string reason, std::string remedy) const {
    return missing(link, address_, std::move(reason), std::move(remedy));
  }
  [[nodiscard]] chain_link dark(link_kind link, std::string_view page, const listing& of) const {
    return undetermined(link, address_, std::string{page} + ending_text(of));
  }

  chain_link judge_running() const {
    if (!about_.ready.complete()) {
      return dark(link_kind::service, "/readyz", about_.ready);
    }
    if (!about_.ready.value.good) {
      std::string lines = about_.ready.value.text;
      std::replace(lines.begin(), lines.end(), '\n', ';');
      return fault(link_kind::service, "it does not say that it is ready: " + lines,
                   "curl " + shell_quoted(address_ + "/readyz"));
    }
    if (!about_.status.complete()) {
      return dark(link_kind::service, "/status", about_.status);
    }
    if (!about_.metrics.complete()) {
      return dark(link_kind::service, "/metrics", about_.metrics);
    }
    const std::vector<running_source>& sources = about_.status.value.sources;
    const bool reads = std::any_of(sources.begin(), sources.end(),
                                   [&](const running_source& one) { return one.kind == kind_; });
    if (!reads) {
      return fault(link_kind::service, "it has no " + kind_ + " source" + read_instead(sources),
                   "add source." + kind_ + " to trailbell.yaml");
    }
    return judge_progress();
  }

  static std::string read_instead(const std::vector<running_source>& sources) {
    texts kinds;
    for (const running_source& one : sources) {
      kinds.push_back(one.kind);
    }
    return kinds.empty() ? "" : "; it reads " + comma_separated(kinds);
  }

  [[nodiscard]] std::string ago(double seconds) const {
    return duration_text(static_cast<std::int64_t>(seconds * 1e9)) + " ago";
  }

  chain_link judge_progress() const {
    const std::string& text = about_.metrics.value;
    const std::string source = "source=\"" + kind_ + "\"";
    const std::optional<double> progress =
        largest_series(text, "trailbell_last_progress_timestamp_seconds", source);
    if (!progress) {
      return undetermined(link_kind::service, address_,
                          "its metrics have no trailbell_last_progress_timestamp_seconds");
    }
    const double now = static_cast<double>(of_.taken_at) / 1e9;
    const double waiting = kind_ == "s3"
                               ? sum_of_series(text, "trailbell_sqs_messages_waiting").value_or(0)
                               : sum_of_series(text, "trailbell_kafka_lag_records").value_or(0);
    const double in_flight = sum_of_series(text, "trailbell_in_flight_bytes").value_or(0);
    if (now - *progress > stalled_after_s && (waiting > 0 || in_flight > 0)) {
      return fault(link_kind::service,
                   "it stands still: it acknowledged nothing since " + ago(now - *progress) +
                       ", and " + number_text(waiting) + " messages wait",
                   "look at its log, and at TrailbellStalled in deploy/runbook.md");
    }
    if (delivered_at_) {
      const double delivered = static_cast<double>(*delivered_at_) / 1e9;
      if (delivered - *progress > 0 && now - delivered > arrival_max_s) {
        return undetermined(link_kind::service, address_,
                            "the trail delivered " + ago(now - delivered) +
                                ", and it acknowledged nothing since " + ago(now - *progress) +
                                ": files get lost on the way, or those were not announced to it; "
                                "`trailbell verify --canary` shows which");
      }
    }
    return judge_age("ready, acknowledged " + ago(now - *progress) + ", " + number_text(waiting) +
                     " messages wait");
  }

  chain_link judge_age(std::string said) const {
    const auto& age = of_.siem->prometheus.event_age;
    for (const prometheus_sample& one : age.items) {
      if (std::isfinite(one.value) && one.value > old_after_s) {
        return fault(link_kind::service,
                     "what was found in the last half hour was found " +
                         duration_text(static_cast<std::int64_t>(one.value * 1e9)) +
                         " after the event, or later, one time in twenty",
                     "look at TrailbellEventsOld in deploy/runbook.md");
      }
    }
    if (!age.complete()) {
      said += "; how old what it finds is, Prometheus did not say:" + ending_text(age);
    }
    return present(link_kind::service, address_, std::move(said));
  }

  // Whether a rule may leave out some of what the control is about.
  [[nodiscard]] bool may_suppress(const running_rule& one) const {
    if (one.suppress.empty()) {
      return false;
    }
    std::vector<filter_pattern> out;
    for (const std::string& text : one.suppress) {
      auto parsed = filter_pattern::parse(text);
      if (!parsed) {
        return true;
      }
      out.push_back(std::move(parsed.value()));
    }
    return covers(wanted_.records, out).grade != coverage_grade::none;
  }

  chain_link judge_rules(coverage_answer& coverage) const {
    if (!about_.status.complete()) {
      return dark(link_kind::rule_set, "/status", about_.status);
    }
    std::vector<filter_pattern> patterns;
    texts used;
    texts unproved;
    for (const running_rule& one : about_.status.value.rules) {
      auto parsed = filter_pattern::parse(one.pattern);
      if (one.pattern.empty() || !parsed || may_suppress(one)) {
        unproved.push_back(one.id);
      } else if (!one.stateful) {
        patterns.push_back(std::move(parsed.value()));
        used.push_back(one.id);
      }
    }
    coverage = covers(wanted_.records, patterns);
    if (suffices(coverage.grade)) {
      return present(link_kind::rule_set, address_,
                     "the patterns of the rules that run match every successful call (proved): " +
                         comma_separated(used));
    }
    const std::string gap = uncovered_text(coverage);
    if (coverage.grade == coverage_grade::undetermined) {
      return undetermined(link_kind::rule_set, address_,
                          "whether its rules cover the control is not known: " + coverage.reason);
    }
    if (!unproved.empty()) {
      return undetermined(link_kind::rule_set, address_,
                          "its patterns let calls slip through" + gap + ", and what " +
                              comma_separated(unproved) +
                              " match is not proved: they are no patterns, or suppress");
    }
    return fault(link_kind::rule_set,
                 (used.empty() ? std::string{"no rule runs that alerts on each match of a pattern"}
                               : "the rules " + comma_separated(used) + " let calls slip through") +
                     gap,
                 "add rules/cis/" + wanted_.id + ".yaml to rules.paths in trailbell.yaml");
  }

  static std::string uncovered_text(const coverage_answer& coverage) {
    return coverage.uncovered.empty() ? "" : ": " + comma_separated(coverage.uncovered);
  }

  chain_link judge_sink() const {
    if (!about_.status.complete()) {
      return dark(link_kind::sink, "/status", about_.status);
    }
    texts required;
    for (const running_sink& one : about_.status.value.sinks) {
      if (one.required) {
        required.push_back(one.name);
      }
    }
    if (required.empty()) {
      return fault(link_kind::sink,
                   "no sink is required: records are acknowledged whatever becomes of their alerts",
                   "set required: true at a sink in trailbell.yaml");
    }
    if (!about_.ready.complete()) {
      return dark(link_kind::sink, "/readyz", about_.ready);
    }
    for (const std::string& name : required) {
      if (about_.ready.value.text.find("sink " + name + ": ") != std::string::npos) {
        return fault(link_kind::sink, "the sink " + name + " is not ready",
                     "curl " + shell_quoted(address_ + "/readyz"));
      }
    }
    return present(link_kind::sink, address_, "required, and ready: " + comma_separated(required));
  }

  chain_link judge_scrape(std::string& job) const {
    const prometheus_answers& said = of_.siem->prometheus;
    if (!said.started.complete()) {
      return undetermined(
          link_kind::scrape, said.address,
          "whether it scrapes " + address_ + ": a query" + ending_text(said.started));
    }
    const std::optional<double> started =
        about_.metrics.complete()
            ? largest_series(about_.metrics.value, "process_start_time_seconds")
            : std::nullopt;
    if (!started) {
      return undetermined(link_kind::scrape, said.address,
                          "which of its targets " + address_ + " is, is not known");
    }
    for (const prometheus_sample& one : said.started.items) {
      // Times of starting, to hundredths of a second: no two processes share one.
      if (std::fabs(one.value - *started) < 0.005) {
        const auto at = one.labels.find("job");
        job = at == one.labels.end() ? "" : at->second;
        return present(link_kind::scrape, said.address, "scrapes " + address_ + ", as job " + job);
      }
    }
    return missing(link_kind::scrape, said.address,
                   "it has no metrics of the process at " + address_ +
                       ": it does not scrape it, or has not since it started",
                   "add " + shell_quoted(address_) +
                       " to scrape_configs in prometheus.yml; deploy/prometheus has an example");
  }

  const inventory& of_;
  const control& wanted_;
  std::string kind_;
  const std::string& address_;
  const siem_service& about_;
  std::optional<std::int64_t> delivered_at_;
};

}  // namespace

judged_service judge_service(const inventory& of, const control& wanted, std::string_view kind,
                             const std::string& address, const siem_service& about,
                             std::optional<std::int64_t> delivered_at) {
  return service_judge{of, wanted, kind, address, about, delivered_at}.judge();
}

}  // namespace trailbell::verify
