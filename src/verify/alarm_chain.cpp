// How a verdict is reached.
//
// Each filter on each trail's log group is one candidate: trail, group, filter, and the best way on
// to somebody who hears it. Candidates without a fault are whole; a record that one of their
// patterns matches rings. So the control is met where these patterns together match every record
// that it is about: that is proved, by the engine that detects (detect/coverage.hpp), apart for
// each set of event names that the same trails record. Where they do not suffice, the question is
// asked again with the candidates about which something is not known. Only if even those do not
// suffice, and no listing is in the dark, is the chain missing; and then the candidates that come
// nearest are shown.
#include "trailbell/verify/alarm_chain.hpp"

#include <algorithm>
#include <array>

#include "trailbell/base/text.hpp"
#include "verify/chain_candidates.hpp"
#include "verify/chain_cover.hpp"
#include "verify/filter_link.hpp"
#include "verify/link_text.hpp"

namespace trailbell::verify {
namespace {

using detect::coverage_answer;
using detect::coverage_grade;

class chain {
 public:
  chain(const inventory& of, const control& wanted) : of_{of}, wanted_{wanted} {
    heads_ = chain_heads(of, wanted, none_);
    for (const chain_head& head : heads_) {
      for (chain_candidate& one : candidates_of(of, wanted, head)) {
        all_.push_back(std::move(one));
      }
    }
    std::stable_sort(all_.begin(), all_.end(),
                     [](const auto& a, const auto& b) { return is_better(a.links, b.links); });
  }

  control_verdict judge() {
    control_verdict out;
    out.control = wanted_.id;
    out.title = wanted_.title;
    out.pattern = wanted_.pattern;
    const candidate_list whole = up_to(verdict::present);
    const coverage_answer answer = covered_by(wanted_, whole);
    out.covered = answer.covered;
    out.uncovered = answer.uncovered;
    out.uncovered.insert(out.uncovered.end(), answer.undecided.begin(), answer.undecided.end());
    out.witness = answer.witness;
    if (suffices(answer.grade)) {
      out.is = verdict::present;
      out.links = links_of(fewest_of(wanted_, whole));
      return out;
    }
    const candidate_list known = up_to(verdict::undetermined);
    const coverage_grade hoped = covered_by(wanted_, known).grade;
    const bool dark = in_the_dark();
    const bool unsure = suffices(hoped) || hoped == coverage_grade::undetermined || dark;
    out.is = unsure ? verdict::undetermined : verdict::missing;
    out.links = explain(whole, answer, suffices(hoped) ? known : candidate_list{});
    if (dark && !suffices(hoped)) {
      add_dark(out.links);
    }
    if (hoped == coverage_grade::undetermined && !dark) {
      out.links.push_back(
          undetermined(link_kind::metric_filter, "",
                       "whether the filters cover the control is not known: " + answer.reason));
    }
    return out;
  }

 private:
  // With a pattern that matters, and no worse.
  [[nodiscard]] candidate_list up_to(verdict worst) const {
    candidate_list some;
    for (const chain_candidate& one : all_) {
      if (one.is <= worst && one.matters()) {
        some.push_back(&one);
      }
    }
    return some;
  }

  // Something may be there that is not seen: behind links that are no fault.
  [[nodiscard]] bool in_the_dark() const {
    std::vector<chain_link> links;
    add_dark(links);
    return !links.empty() || (heads_.empty() && none_.is == verdict::undetermined);
  }

  // The filters that are not known, or not understood.
  bool add_dark_filters(std::vector<chain_link>& links) const {
    bool any = false;
    for (const chain_candidate& one : all_) {
      for (const chain_link& link : one.links) {
        if (!one.pattern && one.is == verdict::undetermined &&
            link.link == link_kind::metric_filter) {
          add(links, link);
          any = true;
        }
      }
    }
    return any;
  }

  // And the log groups that are out of sight.
  void add_dark(std::vector<chain_link>& links) const {
    (void)add_dark_filters(links);
    for (const chain_head& head : heads_) {
      if (head.group_name.empty() && head.group.is == verdict::undetermined &&
          head.trail.is != verdict::missing) {
        add(links, head.trail);
        add(links, head.group);
      }
    }
  }

  // Each link once, in chain order.
  [[nodiscard]] static std::vector<chain_link> links_of(const candidate_list& of) {
    std::vector<chain_link> links;
    for (const chain_candidate* const one : of) {
      for (const chain_link& link : one->links) {
        add(links, link);
      }
    }
    return links;
  }

  static void add(std::vector<chain_link>& links, const chain_link& link) {
    const bool known = std::any_of(links.begin(), links.end(), [&](const chain_link& one) {
      return one.link == link.link && one.resource == link.resource && one.reason == link.reason;
    });
    if (!known) {
      const auto behind = std::find_if(links.begin(), links.end(),
                                       [&](const chain_link& one) { return one.link > link.link; });
      links.insert(behind, link);
    }
  }

  // The chains that are whole, and those that would have to be: for want of filters, the nearest
  // place for one.
  [[nodiscard]] std::vector<chain_link> explain(const candidate_list& whole,
                                                const coverage_answer& answer,
                                                const candidate_list& hoped) const {
    if (!hoped.empty()) {
      return links_of(fewest_of(wanted_, hoped));
    }
    candidate_list shown = whole;
    for (const chain_candidate& one : all_) {
      if (one.matters() && adds(shown, one)) {
        shown.push_back(&one);
      }
    }
    coverage_answer mended = covered_by(wanted_, shown);
    if (!suffices(mended.grade)) {
      const candidate_list everything = up_to(verdict::missing);
      const coverage_answer most = covered_by(wanted_, everything);
      if (suffices(most.grade)) {
        shown = everything;
        mended = most;
      }
    }
    std::vector<chain_link> links = links_of(shown);
    if (!suffices(mended.grade)) {
      add_place_for_filter(links, shown.empty() ? answer : mended);
    }
    return links;
  }

  // It covers a name that the others do not; or there are no names, and it is enough.
  [[nodiscard]] static bool adds(const candidate_list& shown, const chain_candidate& one) {
    if (std::find(shown.begin(), shown.end(), &one) != shown.end()) {
      return false;
    }
    const std::vector<std::string>& names = one.alone.covered;
    const bool new_name = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return std::none_of(shown.begin(), shown.end(), [&](const chain_candidate* other) {
        const std::vector<std::string>& theirs = other->alone.covered;
        return std::find(theirs.begin(), theirs.end(), name) != theirs.end();
      });
    });
    return new_name || (names.empty() && suffices(one.alone.grade) &&
                        std::none_of(shown.begin(), shown.end(), [](const chain_candidate* other) {
                          return suffices(other->alone.grade);
                        }));
  }

  [[nodiscard]] const chain_head* best_head() const {
    const chain_head* best = nullptr;
    for (const chain_head& head : heads_) {
      if (best == nullptr || is_better({head.trail, head.group}, {best->trail, best->group})) {
        best = &head;
      }
    }
    return best;
  }

  void add_place_for_filter(std::vector<chain_link>& links, const coverage_answer& answer) const {
    const chain_head* const head = best_head();
    if (head == nullptr) {
      add(links, none_);
      return;
    }
    if (links.empty()) {
      add(links, head->trail);
      add(links, head->group);
    }
    if (head->group_name.empty()) {
      return;
    }
    if (add_dark_filters(links)) {
      return;
    }
    const std::vector<std::string> unrecorded = unrecorded_names();
    if (!unrecorded.empty()) {
      add(links, missing(link_kind::trail, head->trail.resource,
                         "no trail records " + comma_separated(unrecorded),
                         "aws cloudtrail put-event-selectors --trail-name " +
                             shell_quoted(head->trail.resource) +
                             " --event-selectors "
                             "'[{\"ReadWriteType\":\"All\",\"IncludeManagementEvents\":true}]'"));
      return;
    }
    metric_filter wanted;
    wanted.name = wanted_.id;
    wanted.log_group = head->group_name;
    wanted.pattern = wanted_.pattern;
    wanted.metric_name = wanted_.id;
    wanted.metric_namespace = "trailbell";
    add(links, missing(link_kind::metric_filter, "", uncovered_text(*head, answer),
                       put_filter_command(head->region, wanted), lack::metric_filter));
  }

  [[nodiscard]] std::vector<std::string> unrecorded_names() const {
    std::vector<std::string> missing_names;
    for (const std::string& name : wanted_.records.event_names) {
      const bool known = std::any_of(heads_.begin(), heads_.end(), [&](const chain_head& head) {
        return std::find(head.event_names.begin(), head.event_names.end(), name) !=
               head.event_names.end();
      });
      if (!known) {
        missing_names.push_back(name);
      }
    }
    return missing_names.size() == wanted_.records.event_names.size() ? std::vector<std::string>{}
                                                                      : missing_names;
  }

  // What no filter matches, and which filter looks as if it did.
  [[nodiscard]] std::string uncovered_text(const chain_head& head,
                                           const coverage_answer& answer) const {
    const std::string names = comma_separated(answer.uncovered);
    const bool some_matter = std::any_of(all_.begin(), all_.end(),
                                         [](const chain_candidate& one) { return one.matters(); });
    std::string text =
        !some_matter
            ? "no metric filter on " + head.group_name + " matches any of what the control is about"
            : "the metric filters on " + head.group_name + " let calls slip through" +
                  (names.empty() ? "" : ": " + names);
    for (const chain_candidate& one : all_) {
      if (one.pattern && !one.matters() && looks_alike(one.pattern->text())) {
        for (const chain_link& link : one.links) {
          if (link.link == link_kind::metric_filter) {
            return text + "; " + link.resource + " names some of it, but cannot match it";
          }
        }
      }
    }
    return text;
  }

  [[nodiscard]] bool looks_alike(const std::string& pattern) const {
    const std::string folded = fold_ascii(pattern);
    const std::vector<std::string>& names = wanted_.records.event_names;
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return folded.find(fold_ascii(name)) != std::string::npos;
    });
  }

  const inventory& of_;
  const control& wanted_;
  chain_link none_;
  std::vector<chain_head> heads_;
  std::vector<chain_candidate> all_;
};

}  // namespace

std::string_view name_of(verdict what) noexcept {
  switch (what) {
    case verdict::present:
      return "present";
    case verdict::undetermined:
      return "undetermined";
    case verdict::missing:
      break;
  }
  return "missing";
}

std::string_view name_of(link_kind link) noexcept {
  constexpr auto names = std::to_array<std::string_view>(
      {"trail", "log_group", "metric_filter", "alarm", "action", "subscription", "bucket",
       "notification", "queue", "topic", "service", "rule_set", "sink", "scrape", "alert_rule",
       "receiver"});
  static_assert(names.size() == static_cast<std::size_t>(link_kind::receiver) + 1);
  return names.at(static_cast<std::size_t>(link));
}

const chain_link* control_verdict::broken() const noexcept {
  if (is == verdict::present) {
    return nullptr;
  }
  for (const verdict wanted :
       {is, is == verdict::missing ? verdict::undetermined : verdict::missing}) {
    for (const chain_link& link : links) {
      if (link.is == wanted) {
        return &link;
      }
    }
  }
  return nullptr;
}

std::string control_verdict::remedies() const {
  std::string all;
  for (const chain_link& link : links) {
    if (!link.remedy.empty() && link.is != verdict::present) {
      all += (all.empty() ? "" : "\n") + link.remedy;
    }
  }
  return all;
}

verdict chain_report::worst() const noexcept {
  // What is missing is the answer "no"; what could not be told is a failure, which goes first.
  verdict worst = verdict::present;
  for (const control_verdict& one : controls) {
    if (one.is == verdict::undetermined) {
      return one.is;
    }
    worst = std::max(worst, one.is);
  }
  return worst;
}

control_verdict verify_chain(const inventory& of, const control& wanted) {
  return chain{of, wanted}.judge();
}

}  // namespace trailbell::verify
