#include "verify/chain_cover.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>

namespace trailbell::verify {
namespace {

using detect::coverage_answer;
using detect::coverage_grade;
using detect::filter_pattern;

void shorter(std::optional<std::string>& best, const std::optional<std::string>& other) {
  if (other && (!best || other->size() < best->size())) {
    best = other;
  }
}

// Together, each for the names that its trail records.
coverage_answer together(const control& wanted, const candidate_list& by) {
  std::map<std::vector<const chain_candidate*>, std::vector<std::string>> groups;
  const std::vector<std::string>& names = wanted.records.event_names;
  const auto records_all = [&](const chain_candidate* one) {
    return one->event_names.size() == names.size();
  };
  candidate_list whole;
  std::copy_if(by.begin(), by.end(), std::back_inserter(whole), records_all);
  if (names.empty() || wanted.records.other_names) {
    groups[whole];
  }
  for (const std::string& name : names) {
    candidate_list usable;
    std::copy_if(by.begin(), by.end(), std::back_inserter(usable), [&](const auto* one) {
      return std::find(one->event_names.begin(), one->event_names.end(), name) !=
             one->event_names.end();
    });
    groups[usable].push_back(name);
  }
  coverage_answer all;
  all.grade = coverage_grade::full;
  for (const auto& [usable, of_names] : groups) {
    detect::coverage_control part = wanted.records;
    part.event_names = of_names;
    part.other_names = part.other_names && usable == whole;
    std::vector<filter_pattern> patterns;
    for (const chain_candidate* const one : usable) {
      patterns.push_back(*one->pattern);
    }
    const coverage_answer answer = covers(part, patterns);
    const auto add = [](std::vector<std::string>& to, const std::vector<std::string>& more) {
      to.insert(to.end(), more.begin(), more.end());
    };
    add(all.covered, answer.covered);
    add(all.uncovered, answer.uncovered);
    add(all.undecided, answer.undecided);
    const bool worse = answer.grade > all.grade && all.grade != coverage_grade::undetermined;
    if (suffices(all.grade) && !suffices(answer.grade)) {
      all.witness.reset();  // of a denied call; this one is worse
    }
    if (suffices(all.grade) == suffices(answer.grade) || worse) {
      shorter(all.witness, answer.witness);
    }
    all.grade = worse ? answer.grade : all.grade;
    all.reason = answer.reason.empty() ? all.reason : answer.reason;
  }
  return all;
}

// One that is enough by itself, which spares a proof about all; null: there is none.
const chain_candidate* enough(const control& wanted, const candidate_list& of) {
  const chain_candidate* best = nullptr;
  for (const chain_candidate* const one : of) {
    const bool alone =
        suffices(one->alone.grade) && one->event_names.size() == wanted.records.event_names.size();
    if (alone && (best == nullptr || one->alone.grade < best->alone.grade)) {
      best = one;
    }
  }
  return best;
}

}  // namespace

coverage_answer covered_by(const control& wanted, const candidate_list& by) {
  const chain_candidate* const one = enough(wanted, by);
  return one != nullptr ? one->alone : together(wanted, by);
}

candidate_list fewest_of(const control& wanted, candidate_list of) {
  if (const chain_candidate* const one = enough(wanted, of)) {
    return {one};
  }
  for (std::size_t at = of.size(); at-- > 0 && of.size() > 1;) {
    candidate_list without = of;
    without.erase(without.begin() + static_cast<std::ptrdiff_t>(at));
    if (suffices(together(wanted, without).grade)) {
      of = std::move(without);
    }
  }
  return of;
}

}  // namespace trailbell::verify
