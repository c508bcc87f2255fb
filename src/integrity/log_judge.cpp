#include "integrity/log_judge.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "trailbell/base/text.hpp"
#include "trailbell/base/timestamp.hpp"

namespace trailbell::integrity {
namespace {

constexpr std::int64_t minute_ns = 60 * std::int64_t{1'000'000'000};
// A log file may take this long from the time in its name to the digest's knowledge of it.
constexpr std::int64_t naming_time_ns = 15 * minute_ns;
// Digests come every hour: where log files are newer than the newest by more, one is missing.
constexpr std::int64_t silence_max_ns = 2 * 60 * minute_ns;
constexpr std::string_view summed_by = "SHA-256";

bool any_holds(const std::vector<time_span>& spans, std::int64_t ns) {
  return std::any_of(spans.begin(), spans.end(),
                     [&](const time_span& span) { return span.holds(ns); });
}

std::string to_times(std::int64_t from_ns, std::int64_t to_ns) {
  return format_rfc3339(from_ns) + " to " + format_rfc3339(to_ns);
}

class log_judge {
 public:
  log_judge(const evidence& found, const judged_digests& digests, const time_range& range,
            digest_report& into)
      : found_{found}, digests_{digests}, range_{range}, report_{into} {}

  void run() {
    index_named();
    for (const found_log& one : found_.logs) {
      judge(one);
    }
    look_for_missing();
    tell_groups();
  }

 private:
  struct named {
    const named_object* object;
    std::size_t digest;
    bool seen = false;
  };
  // Log files of one kind in an account and region: told together.
  struct group {
    std::uint64_t logs = 0;
    std::int64_t from_ns = 0, to_ns = 0;

    void add(std::int64_t ns) {
      from_ns = logs == 0 ? ns : std::min(from_ns, ns);
      to_ns = logs == 0 ? ns : std::max(to_ns, ns);
      ++logs;
    }
  };
  using groups = std::map<account_and_region, group>;

  void index_named() {
    for (std::size_t i = 0; i < found_.digests.size(); ++i) {
      const found_digest& one = found_.digests[i];
      if (one.document && is_at(one.where, one.document->bucket, one.document->key)) {
        for (const named_object& log : one.document->logs) {
          by_name_.emplace(file_name_of(log.key), named{&log, i});
        }
      }
    }
  }

  void judge(const found_log& log) {
    const auto [begin, end] = by_name_.equal_range(file_name_of(log.where.name));
    std::vector<const named*> names;
    bool wanted = false;
    for (auto at = begin; at != end; ++at) {
      if (is_at(log.where, at->second.object->bucket, at->second.object->key)) {
        at->second.seen = true;
        names.push_back(&at->second);
        wanted = wanted || digests_.in_range[at->second.digest];
      }
    }
    if (names.empty()) {
      judge_unnamed(log);
    } else if (wanted) {
      ++report_.totals.logs.found;
      log.problem ? judge_unread(log) : compare(log, names);
    }
  }

  void judge_unread(const found_log& log) {
    const bool damaged = log.problem->code == errc::corrupt;
    ++(damaged ? report_.totals.logs.invalid : report_.totals.logs.unchecked);
    if (damaged) {
      fail(log);
    }
    add_finding(report_, damaged ? fault::log_damaged : fault::unreadable, to_string(log.where),
                log.problem->message);
  }

  // A valid digest decides; else one of which it could not be told; a bad one vouches for nothing.
  void compare(const found_log& log, const std::vector<const named*>& names) {
    const auto best =
        *std::min_element(names.begin(), names.end(), [this](const named* a, const named* b) {
          return digests_.states[a->digest] < digests_.states[b->digest];
        });
    const digest_state state = digests_.states[best->digest];
    const std::string by = to_string(found_.digests[best->digest].where);
    const bool differs = std::any_of(names.begin(), names.end(), [&](const named* one) {
      return digests_.states[one->digest] == state && one->object->hash != log.hash;
    });
    if (best->object->algorithm != summed_by) {
      ++report_.totals.logs.unchecked;
      add_finding(report_, fault::algorithm_unknown, to_string(log.where),
                  "its digest, " + by + ", has a sum of it by " +
                      in_quotes(best->object->algorithm) + ", and not by SHA-256");
    } else if (state == digest_state::bad) {
      ++report_.totals.logs.invalid;
      fail(log);
      ++by_bad_digest_[by];
    } else if (differs) {
      ++report_.totals.logs.invalid;
      fail(log);
      add_finding(report_, fault::log_changed, to_string(log.where),
                  "its SHA-256 is not the one that the digest " + by + " names");
    } else if (state == digest_state::valid) {
      ++report_.totals.logs.valid;
      report_.logs.emplace(to_string(log.where), integrity_state::verified);
    } else {
      ++report_.totals.logs.unchecked;
      ++by_untold_digest_[by];
    }
  }

  void judge_unnamed(const found_log& log) {
    const object_name name = parse_object_name(log.where.name);
    const std::int64_t ns = name.time_ns;
    if (name.kind != object_kind::log || (range_.from_ns && ns < *range_.from_ns) ||
        (range_.to_ns && ns >= *range_.to_ns)) {
      return;
    }
    ++report_.totals.logs.found;
    const account_and_region of{name.account, name.region};
    const auto known = digests_.times.find(of);
    if (known == digests_.times.end()) {
      ++report_.totals.logs.unchecked;
      uncovered_[of].add(ns);
      return;
    }
    const digest_times& times = known->second;
    if (any_holds(times.lost, ns) || any_holds(times.lost, ns + naming_time_ns)) {
      ++report_.totals.logs.unchecked;
      lost_[of].add(ns);
    } else if (any_holds(times.covered, ns) && any_holds(times.covered, ns + naming_time_ns)) {
      ++report_.totals.logs.unnamed;
      fail(log);
      add_finding(report_, fault::log_unnamed, to_string(log.where),
                  "no digest names it, and those of its time are all there: CloudTrail did not "
                  "write it, or for a trail without log file validation");
    } else {
      judge_uncovered(of, times, ns);
    }
  }

  void judge_uncovered(const account_and_region& of, const digest_times& times, std::int64_t ns) {
    std::int64_t newest = std::numeric_limits<std::int64_t>::min();
    for (const time_span& span : times.covered) {
      newest = std::max(newest, span.to_ns);
    }
    const bool is_newer = !times.covered.empty() && ns >= newest - naming_time_ns;
    if (is_newer) {
      ++report_.totals.logs.newer;
      group& all = newer_[of];
      all.add(ns);
      newest_digest_[of] = newest;
    } else {
      ++report_.totals.logs.unchecked;
      uncovered_[of].add(ns);
    }
  }

  void look_for_missing() {
    std::unordered_set<std::string> told;
    for (const auto& [ignored, one] : by_name_) {
      const found_digest& by = found_.digests[one.digest];
      if (one.seen || !digests_.in_range[one.digest] ||
          digests_.states[one.digest] == digest_state::bad) {
        continue;
      }
      const std::string name = "s3://" + one.object->bucket + "/" + one.object->key;
      if (!told.insert(name).second) {
        continue;
      }
      const object_name parsed = parse_object_name(one.object->key);
      if (!was_listed(found_, by.where, *one.object) ||
          (parsed.kind == object_kind::log && !range_.is_near(parsed.time_ns))) {
        ++elsewhere_[to_string(by.where)];
        continue;
      }
      missing_.emplace(name, to_string(by.where));
    }
    for (const auto& [name, by] : missing_) {
      ++report_.totals.logs.missing;
      add_finding(report_, fault::log_missing, name, "the digest " + by + " names it");
    }
  }

  void tell_groups() {
    for (const auto& [digest, logs] : by_bad_digest_) {
      report_.notes.push_back(count_of(logs) + " only named by the bad digest " + digest +
                              ", and invalid with it");
    }
    for (const auto& [digest, logs] : by_untold_digest_) {
      add_finding(report_, fault::log_unproven, digest,
                  count_of(logs) + " as it says, but whether AWS signed it could not be told");
    }
    for (const auto& [digest, logs] : elsewhere_) {
      add_finding(report_, fault::log_elsewhere, digest,
                  std::to_string(logs) +
                      " log files that it names lie outside of PATH, or more than a day outside "
                      "of --from and --to");
    }
    for (const auto& [of, all] : uncovered_) {
      add_finding(report_, fault::log_uncovered, of.first + " " + of.second,
                  count_of(all.logs) + " from " + to_times(all.from_ns, all.to_ns) +
                      ", of which there is no digest: the validation of log files was off, or what "
                      "is here begins later (--from, --to)");
    }
    for (const auto& [of, all] : lost_) {
      report_.notes.push_back(of.first + " " + of.second + ": " + count_of(all.logs) + " from " +
                              to_times(all.from_ns, all.to_ns) +
                              " and not checked: a digest that has to name them is missing or bad");
    }
    for (const auto& [of, all] : newer_) {
      tell_newer(of, all, newest_digest_[of]);
    }
  }

  void tell_newer(const account_and_region& of, const group& all, std::int64_t newest) {
    const std::string what = count_of(all.logs) + " newer than the newest digest, which ends at " +
                             format_rfc3339(newest);
    if (all.to_ns < newest + silence_max_ns) {
      report_.notes.push_back(of.first + " " + of.second + ": " + what +
                              ": the next one will name them");
      return;
    }
    ++report_.totals.digests.missing;
    add_finding(report_, fault::digest_missing, of.first + " " + of.second,
                what + ", and the last of them is of " + format_rfc3339(all.to_ns) +
                    ": digests come every hour; they were removed, or their delivery was switched "
                    "off");
  }

  static std::string count_of(std::uint64_t logs) {
    return std::to_string(logs) + (logs == 1 ? " log file is" : " log files are");
  }

  void fail(const found_log& log) {
    report_.logs.insert_or_assign(to_string(log.where), integrity_state::failed);
  }

  const evidence& found_;
  const judged_digests& digests_;
  const time_range& range_;
  digest_report& report_;
  std::unordered_multimap<std::string_view, named> by_name_;
  std::map<std::string, std::uint64_t> by_bad_digest_, by_untold_digest_, elsewhere_;
  std::map<std::string, std::string> missing_;  // and the digest that names it
  groups lost_, uncovered_, newer_;
  std::map<account_and_region, std::int64_t> newest_digest_;
};

}  // namespace

void judge_logs(const evidence& found, const judged_digests& digests, const time_range& range,
                digest_report& into) {
  log_judge{found, digests, range, into}.run();
}

}  // namespace trailbell::integrity
