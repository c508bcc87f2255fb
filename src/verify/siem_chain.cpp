// How a verdict is reached.
//
// The head: of every trail the best way to a queue that a service reads (or, from Kafka, the topics
// themselves). The middle: every service that was asked has to be whole, as each takes a share of
// the messages. The end: one alerting rule, and one Alertmanager that hands its alert on. A break
// that is certain makes the chain missing, whatever else is not known; else what is not known makes
// it undetermined.
#include "trailbell/verify/siem_chain.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "trailbell/base/text.hpp"
#include "verify/alert_rule_link.hpp"
#include "verify/chain_candidates.hpp"
#include "verify/link_text.hpp"
#include "verify/object_route.hpp"
#include "verify/receiver_link.hpp"
#include "verify/service_link.hpp"
#include "verify/trail_link.hpp"

namespace trailbell::verify {
namespace {

struct siem_head {
  const trail* about = nullptr;
  std::vector<chain_link> links;
  std::vector<std::string> event_names;
};

auto distance_of(const std::vector<chain_link>& links) {
  const auto count = [&](verdict wanted) {
    return std::count_if(links.begin(), links.end(),
                         [&](const chain_link& one) { return one.is == wanted; });
  };
  return std::tuple{worst_of(links), count(verdict::missing), count(verdict::undetermined),
                    -count(verdict::present)};
}

// `https://sqs.eu-west-1.amazonaws.com/111122223333/trailbell` of that region.
std::string queue_arn(const std::string& url, const running_source& of,
                      std::string_view partition) {
  const std::size_t name = url.rfind('/');
  const std::size_t account = name == std::string::npos ? name : url.rfind('/', name - 1);
  if (account == std::string::npos) {
    return "";
  }
  std::string region = of.region;
  if (const std::size_t host = url.find("://sqs."); region.empty() && host != std::string::npos) {
    const std::size_t begin = host + 7;
    region = url.substr(begin, url.find('.', begin) - begin);
  }
  return "arn:" + std::string{partition} + ":sqs:" + region + ":" +
         url.substr(account + 1, name - account - 1) + ":" + url.substr(name + 1);
}

class siem_chain {
 public:
  siem_chain(const inventory& of, const control& wanted, siem_source from)
      : of_{of}, wanted_{wanted} {
    std::set<std::string> kinds;
    queues_known_ = !of.siem->services.empty();
    for (const auto& [address, service] : of.siem->services) {
      queues_known_ = queues_known_ && service.status.complete();
      for (const running_source& source : service.status.value.sources) {
        kinds.insert(source.kind);
      }
    }
    kind_ = from == siem_source::s3 ? "s3" : "kafka";
    if (from == siem_source::s3 && queues_known_ && !kinds.empty() && !kinds.contains("s3")) {
      kind_ = kinds.contains("kafka") ? "kafka" : *kinds.begin();
      unseen_ = true;
    }
  }

  control_verdict judge() {
    control_verdict out;
    out.control = wanted_.id;
    out.title = wanted_.title;
    out.pattern = wanted_.pattern;
    const siem_head head = best_head();
    out.links = head.links;
    names_ = {head.event_names.begin(), head.event_names.end()};
    trail_by_name_ = leaves_names_out(head);
    add_services(head, out);
    add_end(out);
    out.is = worst_of(out.links);
    split_names(out);
    return out;
  }

 private:
  [[nodiscard]] std::set<std::string> queues_of(std::string_view partition) const {
    std::set<std::string> all;
    for (const auto& [address, service] : of_.siem->services) {
      for (const running_source& source : service.status.value.sources) {
        for (const std::string& url : source.queue_urls) {
          all.insert(queue_arn(url, source, partition));
        }
      }
    }
    all.erase("");
    return all;
  }

  [[nodiscard]] siem_head best_head() const {
    chain_link none;
    std::vector<siem_head> all;
    for (const chain_head& head : chain_heads(of_, wanted_, none, delivery::bucket)) {
      if (kind_ != "s3") {
        all.push_back({head.about, {head.trail, topic_link()}, head.event_names});
        continue;
      }
      const std::set<std::string> read = queues_of(split_arn(head.about->arn).partition);
      for (const object_route& route :
           object_routes(of_, wanted_, *head.about, read, queues_known_)) {
        siem_head one{head.about, {head.trail}, head.event_names};
        one.links.insert(one.links.end(), route.links.begin(), route.links.end());
        all.push_back(std::move(one));
      }
    }
    if (all.empty()) {
      return {nullptr, {none}, {}};
    }
    for (siem_head& one : all) {
      if (one.links.front().is == verdict::present && leaves_names_out(one)) {
        one.links.front().is = verdict::missing;
        one.links.front().remedy =
            "aws cloudtrail put-event-selectors --trail-name " +
            shell_quoted(one.links.front().resource) +
            " --event-selectors "
            "'[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":true}]'";
      }
    }
    return *std::min_element(all.begin(), all.end(), [](const siem_head& a, const siem_head& b) {
      return distance_of(a.links) < distance_of(b.links);
    });
  }

  // Its selectors let some of the names through alone.
  [[nodiscard]] bool leaves_names_out(const siem_head& one) const {
    return !one.event_names.empty() && one.event_names.size() < wanted_.records.event_names.size();
  }

  [[nodiscard]] chain_link topic_link() const {
    texts topics;
    for (const auto& [address, service] : of_.siem->services) {
      for (const running_source& source : service.status.value.sources) {
        topics.insert(topics.end(), source.topics.begin(), source.topics.end());
      }
    }
    std::sort(topics.begin(), topics.end());
    topics.erase(std::unique(topics.begin(), topics.end()), topics.end());
    if (!queues_known_) {
      return undetermined(link_kind::topic, comma_separated(topics),
                          "which topics are read is not known: a service did not tell");
    }
    if (unseen_) {
      return undetermined(link_kind::topic, comma_separated(topics),
                          "how records come from the trail to what the services read (" + kind_ +
                              ") is not seen from AWS; with --siem-source kafka a topic is taken "
                              "as where the chain begins");
    }
    if (topics.empty()) {
      return missing(link_kind::topic, "", "no service reads a topic",
                     "add source.kafka to trailbell.yaml");
    }
    return present(link_kind::topic, comma_separated(topics),
                   "taken as where the chain begins, as --siem-source kafka wants: how records "
                   "come from the trail into it is not seen from here");
  }

  void add_services(const siem_head& head, control_verdict& out) {
    std::optional<std::int64_t> delivered;
    if (head.about != nullptr && kind_ == "s3") {
      delivered = delivered_at(*head.about);
    }
    std::vector<judged_service> all;
    for (const auto& [address, service] : of_.siem->services) {
      all.push_back(judge_service(of_, wanted_, kind_, address, service, delivered));
    }
    if (all.empty()) {
      out.links.push_back(undetermined(link_kind::service, "", "no service was asked"));
    }
    for (const auto member : {&judged_service::service, &judged_service::rules,
                              &judged_service::sink, &judged_service::scrape}) {
      for (const judged_service& one : all) {
        out.links.push_back(one.*member);
      }
    }
    for (const judged_service& one : all) {
      job_ = job_.empty() ? one.job : job_;
      keep_names(one.coverage.covered);
      if (!out.witness || (one.coverage.witness && !suffices(one.coverage.grade))) {
        out.witness = one.coverage.witness;
      }
    }
  }

  [[nodiscard]] std::optional<std::int64_t> delivered_at(const trail& about) const {
    for (const auto& [name, region] : of_.regions) {
      const auto at = region.trail_statuses.find(about.arn);
      if (at != region.trail_statuses.end() && at->second.value.delivery_time) {
        return at->second.value.delivery_time;
      }
    }
    return std::nullopt;
  }

  void add_end(control_verdict& out) {
    judged_alert_rule rule = judge_alert_rule(of_.siem->prometheus);
    out.links.push_back(std::move(rule.link));
    judged_receiver receiver = judge_receivers(*of_.siem, wanted_, rule.firing, job_);
    out.links.push_back(std::move(receiver.link));
    keep_names(receiver.reached);
  }

  void keep_names(const std::vector<std::string>& some) {
    std::erase_if(names_, [&](const std::string& one) {
      return std::find(some.begin(), some.end(), one) == some.end();
    });
  }

  // Those links that do not tell names apart break the chain for all of them.
  void split_names(control_verdict& out) const {
    const bool broken = std::any_of(out.links.begin(), out.links.end(), [&](const auto& one) {
      const bool by_name = one.link == link_kind::rule_set || one.link == link_kind::receiver ||
                           (one.link == link_kind::trail && trail_by_name_);
      return !by_name && one.is != verdict::present;
    });
    for (const std::string& name : wanted_.records.event_names) {
      (names_.contains(name) && !broken ? out.covered : out.uncovered).push_back(name);
    }
  }

  const inventory& of_;
  const control& wanted_;
  std::string kind_;     // of the sources by which records come
  bool unseen_ = false;  // they are none that AWS brings records to
  bool queues_known_ = false;
  bool trail_by_name_ = false;
  std::set<std::string> names_;  // for which the chain is whole
  std::string job_;
};

}  // namespace

bool has_prometheus_alert(const control& wanted) noexcept {
  return detect::find_coverage_control(wanted.id) != nullptr;
}

control_verdict verify_siem_chain(const inventory& of, const control& wanted, siem_source from) {
  if (!of.siem) {
    control_verdict out;
    out.control = wanted.id;
    out.title = wanted.title;
    out.pattern = wanted.pattern;
    out.is = verdict::undetermined;
    out.links = {undetermined(link_kind::service, "", "the inventory has nothing of a SIEM")};
    out.uncovered = wanted.records.event_names;
    return out;
  }
  return siem_chain{of, wanted, from}.judge();
}

}  // namespace trailbell::verify
