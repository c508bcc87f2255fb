#include "verify/receiver_link.hpp"

#include <algorithm>
#include <optional>

#include "trailbell/base/text.hpp"
#include "trailbell/detect/whole_regex.hpp"
#include "trailbell/model/yaml.hpp"
#include "verify/alert_routing.hpp"
#include "verify/link_text.hpp"

namespace trailbell::verify {
namespace {

// What Prometheus does to the labels of every alert before it sends it.
struct relabelling {
  label_map external;
  texts dropped;       // expressions
  bool other = false;  // something that is not followed
};

std::optional<relabelling> relabelling_of(const std::string& config) {
  const auto file = read_yaml("prometheus.yml", config);
  if (!file || file.value().documents.empty()) {
    return std::nullopt;
  }
  relabelling out;
  const yaml_node& root = file.value().documents.front();
  const yaml_member* const global = root.find("global");
  if (const yaml_member* const labels =
          global == nullptr ? nullptr : global->value.find("external_labels")) {
    for (const yaml_member& one : labels->value.members) {
      out.external[one.key] = one.value.text;
    }
  }
  const yaml_member* const alerting = root.find("alerting");
  const auto look = [&](const yaml_node& of) {
    const yaml_member* const rules = of.find("alert_relabel_configs");
    for (const yaml_node& one : rules == nullptr ? std::vector<yaml_node>{} : rules->value.items) {
      const yaml_member* const action = one.find("action");
      const yaml_member* const regex = one.find("regex");
      const bool drops = action != nullptr && action->value.text == "labeldrop" && regex != nullptr;
      if (drops) {
        out.dropped.push_back(regex->value.text);
      }
      out.other = out.other || !drops;
    }
  };
  if (alerting != nullptr) {
    look(alerting->value);
    if (const yaml_member* const to = alerting->value.find("alertmanagers")) {
      std::for_each(to->value.items.begin(), to->value.items.end(), look);
    }
  }
  return out;
}

alert_labels labels_of(const prometheus_rule& rule, const std::string& event_name,
                       const std::string& job, const relabelling& by) {
  alert_labels out;
  out.known = {{"event_name", event_name}, {"outcome", "success"}};
  if (job.empty()) {
    out.unknown.insert("job");
  } else {
    out.known["job"] = job;
  }
  for (const auto& [name, value] : rule.labels) {
    out.known.erase(name);
    if (value.find("{{") == std::string::npos) {
      out.known[name] = value;
    } else {
      out.unknown.insert(name);
    }
  }
  out.known["alertname"] = rule.name;
  out.known.insert(by.external.begin(), by.external.end());
  for (const std::string& expression : by.dropped) {
    const auto drops = [&](const std::string& name) {
      return detect::matches_whole(expression, name).value_or(false);
    };
    std::erase_if(out.known, [&](const auto& one) { return drops(one.first); });
    std::erase_if(out.unknown, drops);
  }
  return out;
}

// How far the alert of one event name comes.
struct reached_name {
  verdict is = verdict::missing;
  std::string why;     // it reaches nobody
  std::string remedy;  // of `missing`
  std::string receiver;
};

class manager_judge {
 public:
  manager_judge(const std::string& address, const alertmanager_answers& said) : said_{said} {
    if (!said.config.complete()) {
      problem_ = address + "/api/v2/status" + ending_text(said.config);
      return;
    }
    result<alert_routing> routing = parse_routing(said.config.value);
    if (!routing) {
      problem_ = "its configuration is not understood: " + routing.failure().message;
      return;
    }
    routing_ = std::move(routing.value());
    if (!said.silences.complete()) {
      problem_ = address + "/api/v2/silences" + ending_text(said.silences);
    }
  }

  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }

  [[nodiscard]] reached_name reach(const alert_labels& labels) const {
    if (std::optional<reached_name> kept = silenced(labels)) {
      return *kept;
    }
    reached_name out = routed(labels);
    if (out.is == verdict::present) {
      for (const inhibition& one : routing_.inhibitions) {
        if (may_inhibit(one, labels)) {
          out.is = verdict::undetermined;
          out.why = "an inhibit rule keeps it back while another alert fires";
        }
      }
    }
    return out;
  }

 private:
  [[nodiscard]] std::optional<reached_name> silenced(const alert_labels& labels) const {
    for (const alert_silence& one : said_.silences.items) {
      if (one.state != "active") {
        continue;
      }
      const passing kept = match_all(one.matchers, labels);
      if (kept == passing::yes) {
        return reached_name{verdict::missing,
                            "it is silenced until " + one.ends_at + " by " + one.by,
                            "amtool silence expire " + shell_quoted(one.id), ""};
      }
      if (kept == passing::maybe) {
        return reached_name{verdict::undetermined,
                            "whether the silence " + one.id + " is about it is not known", "", ""};
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] reached_name routed(const alert_labels& labels) const {
    const routed_alert found = routes_of(routing_, labels);
    reached_name out{verdict::missing, "no route takes it",
                     "add a route to alertmanager.yml; deploy/prometheus has an example", ""};
    if (!found.certain) {
      return {verdict::undetermined, "which route takes it depends on labels that are not known",
              "", ""};
    }
    for (const alert_route* const route : found.at) {
      if (!routing_.telling.contains(route->receiver)) {
        if (out.is == verdict::missing) {
          out.why = "the receiver " + in_quotes(route->receiver) +
                    (routing_.silent.contains(route->receiver) ? " tells nobody: it has no "
                                                                 "integration"
                                                               : " does not exist");
          out.remedy =
              "add webhook_configs, email_configs or another integration to the receiver "
              "in alertmanager.yml";
        }
      } else if (!route->at_times) {
        return {verdict::present, "", "", route->receiver};
      } else {
        out = {verdict::undetermined,
               "the route to " + in_quotes(route->receiver) +
                   " is muted at some times, or active at some only",
               "", ""};
      }
    }
    return out;
  }

  // Another alert may keep this one back. One that has to have our own name and labels cannot.
  [[nodiscard]] static bool may_inhibit(const inhibition& one, const alert_labels& labels) {
    if (match_all(one.target, labels) == passing::no) {
      return false;
    }
    if (!one.equal.contains("alertname")) {
      return true;
    }
    return match_all(one.source, labels) != passing::no;
  }

  const alertmanager_answers& said_;
  alert_routing routing_;
  std::string problem_;
};

class receiver_judge {
 public:
  receiver_judge(const siem_inventory& siem, const control& wanted,
                 const std::vector<const prometheus_rule*>& rules, const std::string& job)
      : siem_{siem}, wanted_{wanted}, rules_{rules}, job_{job} {}

  judged_receiver judge() {
    const prometheus_answers& said = siem_.prometheus;
    if (!said.alertmanagers.complete()) {
      return only(undetermined(link_kind::receiver, said.address,
                               "/api/v1/alertmanagers" + ending_text(said.alertmanagers)));
    }
    if (said.alertmanagers.items.empty()) {
      return only(missing(link_kind::receiver, said.address,
                          "Prometheus sends its alerts to no Alertmanager",
                          "add alerting.alertmanagers to prometheus.yml; deploy/prometheus has an "
                          "example"));
    }
    const std::optional<relabelling> by =
        said.config.complete() ? relabelling_of(said.config.value) : std::nullopt;
    if (!by || by->other) {
      return only(
          undetermined(link_kind::receiver, said.address,
                       by ? "it relabels alerts in ways that are not followed here"
                          : "its configuration: /api/v1/status/config" + ending_text(said.config)));
    }
    if (rules_.empty()) {
      return only(undetermined(link_kind::receiver, said.address,
                               "there is no alert whose way could be followed"));
    }
    judged_receiver best;
    best.link = undetermined(link_kind::receiver, said.address,
                             "none of the Alertmanagers that it sends to was asked: " +
                                 comma_separated(said.alertmanagers.items));
    bool any = false;
    for (const auto& [address, answers] : siem_.alertmanagers) {
      judged_receiver one = judge_one(address, answers, *by);
      if (!any || one.link.is < best.link.is) {
        best = std::move(one);
        any = true;
      }
    }
    return best;
  }

 private:
  static judged_receiver only(chain_link link) { return {std::move(link), {}}; }

  judged_receiver judge_one(const std::string& address, const alertmanager_answers& answers,
                            const relabelling& by) const {
    const texts& known = siem_.prometheus.alertmanagers.items;
    const bool is_sent_to = std::any_of(known.begin(), known.end(), [&](const std::string& one) {
      return bare_address(one) == bare_address(address);
    });
    if (!is_sent_to) {
      return only(undetermined(link_kind::receiver, address,
                               "Prometheus sends to " + comma_separated(known) +
                                   "; whether this is one of them is not known"));
    }
    const manager_judge manager{address, answers};
    if (!manager.problem().empty()) {
      return only(undetermined(link_kind::receiver, address, manager.problem()));
    }
    return judge_names(address, manager, by);
  }

  judged_receiver judge_names(const std::string& address, const manager_judge& manager,
                              const relabelling& by) const {
    judged_receiver out;
    reached_name worst{verdict::present, "", "", ""};
    texts lost;
    std::set<std::string> receivers;
    for (const std::string& name : wanted_.records.event_names) {
      reached_name best;
      for (const prometheus_rule* const rule : rules_) {
        const reached_name one = manager.reach(labels_of(*rule, name, job_, by));
        best = best.why.empty() || one.is < best.is ? one : best;
        if (best.is == verdict::present) {
          break;
        }
      }
      if (best.is == verdict::present) {
        out.reached.push_back(name);
        receivers.insert(best.receiver);
      } else {
        lost.push_back(name);
        worst = best.is > worst.is ? best : worst;
      }
    }
    const bool all = lost.size() == wanted_.records.event_names.size();
    const std::string page =
        "the page of " + (all ? std::string{"every change"} : comma_separated(lost));
    out.link = {link_kind::receiver, worst.is, address, "", worst.remedy, lack::none};
    out.link.reason = lost.empty() ? "its routes lead to " + comma_separated(receivers)
                      : worst.is == verdict::missing
                          ? page + " reaches nobody: " + worst.why
                          : "whether " + page + " reaches somebody is not known: " + worst.why;
    return out;
  }

  const siem_inventory& siem_;
  const control& wanted_;
  const std::vector<const prometheus_rule*>& rules_;
  const std::string& job_;
};

}  // namespace

std::string bare_address(std::string_view address) {
  const std::size_t api = address.find("/api/v");
  std::string out = fold_ascii(address.substr(0, api));
  while (out.ends_with('/')) {
    out.pop_back();
  }
  const std::string_view local = "://localhost";
  if (const std::size_t at = out.find(local); at != std::string::npos) {
    out.replace(at, local.size(), "://127.0.0.1");
  }
  return out;
}

judged_receiver judge_receivers(const siem_inventory& siem, const control& wanted,
                                const std::vector<const prometheus_rule*>& rules,
                                const std::string& job) {
  return receiver_judge{siem, wanted, rules, job}.judge();
}

}  // namespace trailbell::verify
