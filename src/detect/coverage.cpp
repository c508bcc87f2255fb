// Why this is a proof.
//
// The question "do these patterns together match every record?" is the question whether a record
// exists that none of them matches. That is asked of a formula: what the control means, and not
// pattern 1, and not pattern 2, ... For each event name apart, because then almost everything in it
// is a constant: with eventName and eventSource known, a pattern of sixteen alternatives is true or
// false at once, and what people write beside them (errorCode, userIdentity, a wildcard) is left.
//
//   patterns -> formula over atoms         coverage_formula   the language, and nothing else
//   formula  -> sets of literals           coverage_search    splits, with constants taken up
//   literals -> a record, or none          coverage_record    by places and kinds of values
//   texts    -> a text, or none            text_automaton, regex_automaton, text_product
//   the record's own text                  coverage_text, text_grammar
//
// Each step keeps all solutions, so that "no record" is a proof. Four things make it more than
// propositional logic:
// 1. A comparison with what is missing, null, a boolean, an object or an array is false, `!=` too.
//    So `a = x || a != x` does not cover everything, and the opposite of a comparison holds for
//    what is missing. Probes ("some value passes") say just that, and their opposite is exact.
// 2. Globs go from left to right without a second try, regular expressions are found anywhere: both
//    are finite automata, and a text that some accept and others do not is a path in their product.
// 3. Two conditions about one place, or about a place and one below it, bind each other; two
//    wildcards do not. Walking down the record with all conditions at once sees to the first, and a
//    child of its own for each wildcard to the second.
// 4. Terms look at the text: `"eventName":"CreatePolicy"` is in every CreatePolicy, and `alice`
//    may stand in any member that is free. The texts of all records are (but for what is inside
//    open objects) a regular language in which such a text is searched.
//
// Nothing that was found is believed: a witness is reported only when filter_pattern::matches()
// says that the control means it and no pattern matches it, and fits() that the domain has it.
// Bounds: limits::coverage_steps_max for each question, three questions at most for each name.
#include "trailbell/detect/coverage.hpp"

#include <algorithm>
#include <memory>

#include "detect/coverage_formula.hpp"
#include "detect/coverage_search.hpp"
#include "detect/text_automaton.hpp"
#include "trailbell/base/ensure.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

constexpr std::string_view out_of_bounds =
    "a stated bound was reached before it could be told; ask about fewer or simpler patterns";
constexpr std::string_view not_utf8 = "a pattern is not UTF-8 text";

filter_pattern parse_own(const std::string& text) {
  auto parsed = filter_pattern::parse(text);
  ensure(parsed.ok(), "a pattern of the proof's own is sound");
  return std::move(parsed.value());
}

// A record fits the shape, and exactly the wanted patterns match it.
bool confirmed(const sample_value& record, const record_shape& shape, const filter_pattern& meant,
               bool meant_holds, std::span<const filter_pattern> patterns, bool some_hold) {
  json_tree tree;
  build_tree(record, tree);
  const std::string text = to_json(record);
  const event_view event{text, &tree};
  const bool some = std::any_of(patterns.begin(), patterns.end(),
                                [&](const filter_pattern& p) { return p.matches(event); });
  return fits(shape, tree.root()) && meant.matches(event) == meant_holds && some == some_hold;
}

// The records of one event name, or of all the others.
struct name_case {
  std::string name;  // empty: of the others
  record_shape shape;
  formula apart;  // what tells the others apart
};

class proof {
 public:
  proof(const coverage_control& control, std::span<const filter_pattern> patterns)
      : control_{control},
        patterns_{patterns},
        success_pattern_{parse_own("{ $.errorCode NOT EXISTS && $.errorMessage NOT EXISTS }")},
        meant_{atoms_.add(control.meant)},
        success_{atoms_.add(success_pattern_)},
        search_{atoms_} {
    std::vector<formula> each;
    for (const filter_pattern& pattern : patterns) {
      each.push_back(atoms_.add(pattern));
    }
    some_match_ = join(formula::kind::any_of, std::move(each));
    make_cases();
  }

  coverage_answer run() {
    ask_about_successes();
    if (slipped_) {
      grade_what_slips_through();
    } else if (answer_.undecided.empty() && !undecided_) {
      ask_about_failures();
    }
    if (answer_.grade == coverage_grade::undetermined) {
      answer_.witness.reset();
      answer_.reason = reason_;
    }
    return std::move(answer_);
  }

 private:
  void make_cases() {
    record_shape domain = cloudtrail_record();
    for (const auto& [name, value] : control_.fixed) {
      ensure(fix_member(domain, name, value), "a control fixes members that records have");
    }
    name_patterns_.reserve(control_.event_names.size());  // the atoms borrow them
    std::vector<formula> named;
    for (const std::string& name : control_.event_names) {
      record_shape shape = domain;
      fix_member(shape, "eventName", name);
      cases_.push_back({name, std::move(shape), constant_formula(true)});
      if (control_.other_names) {
        const text_literal value{{name}};
        name_patterns_.push_back(parse_own("{ $.eventName = " + to_text(literal{value}) + " }"));
        named.push_back(atoms_.add(name_patterns_.back()));
      }
    }
    if (control_.other_names) {
      cases_.push_back(
          {"", std::move(domain), opposite(join(formula::kind::any_of, std::move(named)))});
    }
  }

  coverage_search::answer ask(const name_case& of, std::vector<formula> wanted) {
    wanted.push_back(meant_);
    wanted.push_back(of.apart);
    return search_.find(join(formula::kind::all_of, std::move(wanted)), of.shape);
  }

  // The record as JSON, once the evaluator agrees.
  std::optional<std::string> believed(const coverage_search::answer& found, const name_case& of,
                                      bool some_hold) {
    if (!found.record) {
      return std::nullopt;
    }
    if (confirmed(*found.record, of.shape, control_.meant, true, patterns_, some_hold)) {
      return to_json(*found.record);
    }
    reason_ = "internal error: the evaluator does not agree with a record that was found";
    return std::nullopt;
  }

  void ask_about_successes() {
    for (const name_case& of : cases_) {
      std::vector<formula> wanted{opposite(some_match_)};
      if (!means_failures_only(of)) {
        wanted.push_back(success_);
      }
      const coverage_search::answer missed = ask(of, std::move(wanted));
      const std::optional<std::string> record = believed(missed, of, false);
      const bool told = record || (!missed.record && !missed.undecided);
      undecided_ = undecided_ || !told;
      if (record) {
        slipped_ = true;
        answer_.witness =
            answer_.witness && answer_.witness->size() <= record->size() ? answer_.witness : record;
      }
      if (of.name.empty() || (told && !record && is_empty(of))) {
        continue;
      }
      std::vector<std::string>& list = record ? answer_.uncovered
                                       : told ? answer_.covered
                                              : answer_.undecided;
      list.push_back(of.name);
    }
  }

  // A control about denied calls: then those are what has to be covered.
  bool means_failures_only(const name_case& of) {
    if (!control_.other_names) {
      return false;
    }
    const coverage_search::answer any = ask(of, {success_});
    return !any.record && !any.undecided;
  }

  // The control means no record of this name.
  bool is_empty(const name_case& of) {
    const coverage_search::answer any = ask(of, {});
    return !any.record && !any.undecided;
  }

  void grade_what_slips_through() {
    bool told = true;
    for (const name_case& of : cases_) {
      const coverage_search::answer matched = ask(of, {some_match_});
      if (believed(matched, of, true)) {
        answer_.grade = coverage_grade::partial;
        return;
      }
      told = told && !matched.record && !matched.undecided;
    }
    answer_.grade = told ? coverage_grade::none : coverage_grade::undetermined;
  }

  void ask_about_failures() {
    for (const name_case& of : cases_) {
      const coverage_search::answer missed = ask(of, {opposite(some_match_)});
      if (std::optional<std::string> record = believed(missed, of, false)) {
        answer_.grade = coverage_grade::changes_only;
        answer_.witness = std::move(record);
        return;
      }
      undecided_ = undecided_ || missed.record || missed.undecided;
    }
    answer_.grade = undecided_ ? coverage_grade::undetermined : coverage_grade::full;
  }

  const coverage_control& control_;
  std::span<const filter_pattern> patterns_;
  filter_pattern success_pattern_;
  std::vector<filter_pattern> name_patterns_;
  atom_table atoms_;
  formula meant_;
  formula success_;
  formula some_match_;
  coverage_search search_;
  std::vector<name_case> cases_;
  coverage_answer answer_;
  std::string reason_{out_of_bounds};
  bool undecided_ = false;
  bool slipped_ = false;
};

}  // namespace

std::string_view name_of(coverage_grade grade) noexcept {
  switch (grade) {
    case coverage_grade::full:
      return "full";
    case coverage_grade::changes_only:
      return "changes_only";
    case coverage_grade::partial:
      return "partial";
    case coverage_grade::none:
      return "none";
    case coverage_grade::undetermined:
      break;
  }
  return "undetermined";
}

coverage_answer covers(const coverage_control& control, std::span<const filter_pattern> patterns) {
  const bool readable =
      is_utf8(control.meant.text()) &&
      std::all_of(patterns.begin(), patterns.end(),
                  [](const filter_pattern& pattern) { return is_utf8(pattern.text()); });
  if (!readable) {
    coverage_answer answer;
    answer.reason = not_utf8;
    return answer;
  }
  return proof{control, patterns}.run();
}

noise noise_of(const coverage_control& control, const filter_pattern& pattern) {
  if (!is_utf8(control.meant.text()) || !is_utf8(pattern.text())) {
    return {std::nullopt, true};
  }
  atom_table atoms;
  std::vector<formula> wanted{opposite(atoms.add(control.meant)), atoms.add(pattern)};
  const formula beyond = join(formula::kind::all_of, std::move(wanted));
  coverage_search search{atoms};
  const auto ask = [&](const record_shape& shape) -> noise {
    const coverage_search::answer found = search.find(beyond, shape);
    const bool agreed =
        found.record && confirmed(*found.record, shape, control.meant, false, {&pattern, 1}, true);
    return agreed ? noise{to_json(*found.record), false}
                  : noise{std::nullopt, found.undecided || found.record};
  };
  // Another call to the same service says more than another service.
  record_shape near = cloudtrail_record();
  for (const auto& [name, value] : control.fixed) {
    if (name == "eventSource") {
      fix_member(near, name, value);
    }
  }
  noise answer = ask(near);
  return answer.record ? answer : ask(cloudtrail_record());
}

}  // namespace trailbell::detect
