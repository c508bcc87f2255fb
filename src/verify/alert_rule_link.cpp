// A rule counts where its expression is the shipped one's, whatever its name: only of that it is
// known that one change fires it. Others that look at trailbell's counters are not followed.
#include "verify/alert_rule_link.hpp"

#include <algorithm>

#include "trailbell/base/text.hpp"
#include "verify/link_text.hpp"

namespace trailbell::verify {
namespace {

// For so long the expression holds after a change.
constexpr double window_s = 300;

bool looks_at_changes(const prometheus_rule& one) {
  return one.alerting && (one.query.find("trailbell_iam_policy_changes") != std::string::npos ||
                          one.query.find("trailbell_alerts_total") != std::string::npos ||
                          one.query.find("trailbell_findings_total") != std::string::npos);
}

// One that asks for an actor, or for failures alone, does not fire on every change; `or` may bring
// in the rest.
bool sees_some_only(const std::string& query) {
  const auto has = [&](std::string_view text) { return query.find(text) != query.npos; };
  return !has(" or ") && !has("\nor") &&
         (has("actor_type=\"") || (has("outcome=\"failure\"") && !has("outcome=\"success\"")));
}

class alert_rule_judge {
 public:
  explicit alert_rule_judge(const prometheus_answers& said) : said_{said} {}

  judged_alert_rule judge() {
    if (!said_.rules.complete()) {
      return {undetermined(link_kind::alert_rule, said_.address,
                           "/api/v1/rules" + ending_text(said_.rules)),
              {}};
    }
    judged_alert_rule out;
    chain_link worst;
    for (const prometheus_rule& one : said_.rules.items) {
      if (!one.alerting || squeezed(one.query) != shipped_alert_query) {
        continue;
      }
      chain_link link = judge_one(one);
      if (link.is == verdict::present) {
        out.firing.push_back(&one);
        out.link = std::move(link);
      } else if (worst.reason.empty() || link.is < worst.is) {
        worst = std::move(link);
      }
    }
    if (out.firing.empty()) {
      out.link = worst.reason.empty() ? none() : worst;
    }
    return out;
  }

 private:
  [[nodiscard]] chain_link judge_one(const prometheus_rule& one) const {
    if (one.health == "err") {
      return missing(link_kind::alert_rule, one.name,
                     "Prometheus cannot evaluate this rule: " + one.error,
                     "promtool check rules rules/prometheus/*.yaml");
    }
    if (one.for_s >= window_s) {
      return missing(link_kind::alert_rule, one.name,
                     "it waits for " + number_text(one.for_s) +
                         " s, and a change is seen for 300 s: it never fires",
                     "take the `for` away from " + one.name);
    }
    if (one.for_s > 0 || one.health != "ok") {
      return undetermined(link_kind::alert_rule, one.name,
                          one.for_s > 0
                              ? "whether a change is seen for as long as the " +
                                    number_text(one.for_s) + " s that it waits is not followed here"
                              : "Prometheus has not evaluated this rule yet");
    }
    return judge_record(one);
  }

  [[nodiscard]] chain_link judge_record(const prometheus_rule& alert) const {
    const prometheus_rule* found = nullptr;
    for (const prometheus_rule& one : said_.rules.items) {
      if (!one.alerting && one.name == shipped_record &&
          squeezed(one.query) == shipped_record_query) {
        found = &one;
      }
    }
    if (found == nullptr) {
      return missing(link_kind::alert_rule, alert.name,
                     "what it looks at, " + std::string{shipped_record} +
                         ", no recording rule makes as rules/prometheus has it",
                     load_rules());
    }
    if (found->health == "err") {
      return missing(link_kind::alert_rule, alert.name,
                     "the recording rule that it looks at fails: " + found->error,
                     "promtool check rules rules/prometheus/*.yaml");
    }
    if (found->health != "ok") {
      return undetermined(link_kind::alert_rule, alert.name,
                          "Prometheus has not evaluated the recording rule that it looks at yet");
    }
    return present(link_kind::alert_rule, alert.name,
                   "loaded in " + said_.address + ": fires when one change was counted");
  }

  [[nodiscard]] chain_link none() const {
    texts others;
    for (const prometheus_rule& one : said_.rules.items) {
      if (looks_at_changes(one) && !sees_some_only(one.query) && others.size() < 5) {
        others.push_back(one.name);
      }
    }
    if (!others.empty()) {
      return undetermined(link_kind::alert_rule, said_.address,
                          "whether one change fires " + comma_separated(others) +
                              " is not followed here: its expression is not that of "
                              "rules/prometheus/iam-changes.yaml");
    }
    return missing(link_kind::alert_rule, said_.address,
                   "no alerting rule is loaded that fires on an IAM policy change", load_rules());
  }

  static std::string load_rules() {
    return "add rules/prometheus/*.yaml to rule_files in prometheus.yml, and reload Prometheus";
  }

  const prometheus_answers& said_;
};

}  // namespace

std::string squeezed(std::string_view query) {
  std::string out;
  char quote = '\0';
  for (std::size_t i = 0; i < query.size(); ++i) {
    const char c = query[i];
    if (quote != '\0') {
      out.push_back(c);
      if (c == '\\' && quote != '`' && i + 1 < query.size()) {
        out.push_back(query[++i]);
      } else if (c == quote) {
        quote = '\0';
      }
    } else if (!is_white(c)) {
      quote = c == '"' || c == '\'' || c == '`' ? c : '\0';
      out.push_back(c);
    }
  }
  return out;
}

judged_alert_rule judge_alert_rule(const prometheus_answers& said) {
  return alert_rule_judge{said}.judge();
}

}  // namespace trailbell::verify
