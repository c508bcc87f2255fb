// A tableau: literals that have to hold are settled first, then the shortest disjunction is split,
// and of a literal that led nowhere the opposite is known from there on. After each step the
// record_solver is asked whether the values can be so; most branches end there. Texts are looked at
// last, for they cost more. Before all that two kinds of records are tried, for most that
// slip through are of them: nothing is there that need not be; nothing is as any comparison says.
#include "detect/coverage_search.hpp"

#include <algorithm>
#include <utility>

#include "trailbell/base/limits.hpp"

namespace trailbell::detect {
namespace {

bool is_single(const formula& f) {
  return f.what == formula::kind::single;
}

// What the shape alone says of a probe.
std::optional<bool> shape_says(const coverage_atom& atom, const record_shape& record) {
  const value_probe* const probe = atom.value();
  if (probe == nullptr) {
    return std::nullopt;
  }
  const record_shape* at = &record;
  for (std::size_t i = 0; i < probe->steps.size(); ++i) {
    const selector_step& step = probe->steps[i];
    if (step.kind != step_kind::member || !at->closed) {
      const bool leads_on = at->allows(json_kind::object) || at->allows(json_kind::array);
      return leads_on ? std::nullopt : std::optional{false};
    }
    const member_shape* const member = at->find(step.name);
    if (member == nullptr) {
      return false;
    }
    at = &member->shape;
    if (at->fixed && !member->optional && i + 1 == probe->steps.size()) {
      const auto* text = std::get_if<std::string>(&*at->fixed);
      return passes({&atom, probe->steps.size(), true},
                    text != nullptr ? sample_value::of_text(*text)
                                    : sample_value::of_boolean(std::get<bool>(*at->fixed)));
    }
  }
  return std::nullopt;
}

// `known` gives a literal's truth, or nothing.
template <class Known>
formula substituted(const formula& f, const Known& known) {
  if (f.what == formula::kind::constant) {
    return f;
  }
  if (is_single(f)) {
    const std::optional<bool> truth = known(f.atom);
    return truth ? constant_formula(*truth == f.truth) : f;
  }
  std::vector<formula> parts;
  for (const formula& part : f.parts) {
    formula simpler = substituted(part, known);
    const bool decided = simpler.what == formula::kind::constant &&
                         simpler.truth == (f.what == formula::kind::any_of);
    if (decided) {
      return simpler;
    }
    parts.push_back(std::move(simpler));
  }
  return join(f.what, std::move(parts));
}

auto value_in(const std::map<std::size_t, bool>& known) {
  return [&known](std::size_t atom) {
    const auto at = known.find(atom);
    return at == known.end() ? std::nullopt : std::optional{at->second};
  };
}

std::size_t size_of(const formula& f) {
  std::size_t size = 1;
  for (const formula& part : f.parts) {
    size += size_of(part);
  }
  return size;
}

// The literals that have to hold.
std::vector<const formula*> units_of(const formula& f) {
  std::vector<const formula*> units;
  if (is_single(f)) {
    units.push_back(&f);
  } else if (f.what == formula::kind::all_of) {
    for (const formula& part : f.parts) {
      if (is_single(part)) {
        units.push_back(&part);
      }
    }
  }
  return units;
}

}  // namespace

coverage_search::answer coverage_search::find(const formula& wanted, const record_shape& shape) {
  const std::size_t steps = std::min(limits::coverage_steps_max, total_left_);
  left_ = effort{steps};
  undecided_ = false;
  const formula open =
      substituted(wanted, [&](std::size_t atom) { return shape_says(atoms_.at(atom), shape); });
  std::optional<sample_value> record;
  for (const refused which : {refused::everything, refused::comparisons, refused::nothing}) {
    undecided_ = false;  // only the last of them asks the whole question
    assignment known;
    refuse(open, which, known);
    record = record ? std::move(record) : search(open, std::move(known), shape);
  }
  total_left_ -= steps - left_.left();
  const bool undecided = !record && (undecided_ || left_.spent());
  return {std::move(record), undecided};
}

void coverage_search::refuse(const formula& f, refused which, assignment& into) const {
  const value_probe* const probe = is_single(f) ? atoms_.at(f.atom).value() : nullptr;
  if (probe != nullptr &&
      (which == refused::everything ||
       (which == refused::comparisons && !std::holds_alternative<presence_test>(probe->test)))) {
    into.emplace(f.atom, false);
  }
  for (const formula& part : f.parts) {
    refuse(part, which, into);
  }
}

std::optional<sample_value> coverage_search::search(formula open, assignment known,
                                                    const record_shape& shape) {
  open = substituted(open, value_in(known));
  for (std::vector<const formula*> units = units_of(open); !units.empty(); units = units_of(open)) {
    for (const formula* const unit : units) {
      const auto [at, fresh] = known.emplace(unit->atom, unit->truth);
      if (!fresh && at->second != unit->truth) {
        return std::nullopt;
      }
    }
    open = substituted(open, value_in(known));
  }
  if (!left_.spend(known.size() + size_of(open)) ||
      (open.what == formula::kind::constant && !open.truth)) {
    return std::nullopt;
  }
  std::vector<atom_wish> wishes;
  for (const auto& [atom, truth] : known) {
    wishes.push_back({atom, truth});
  }
  const std::optional<sample_value> record = records_.solve(shape, wishes);
  if (!record) {
    undecided_ = undecided_ || records_.undecided();
    return std::nullopt;
  }
  return open.what == formula::kind::constant ? settle(*record, wishes, shape)
                                              : branch(open, known, shape);
}

std::optional<sample_value> coverage_search::branch(const formula& open, const assignment& known,
                                                    const record_shape& shape) {
  std::vector<formula> rest;
  if (open.what == formula::kind::all_of) {
    rest = open.parts;
  } else {
    rest.push_back(open);
  }
  const auto shortest = std::min_element(
      rest.begin(), rest.end(),
      [](const formula& a, const formula& b) { return a.parts.size() < b.parts.size(); });
  std::vector<formula> ways = std::move(shortest->parts);
  rest.erase(shortest);
  // What must not be there makes for the smaller record.
  std::stable_sort(ways.begin(), ways.end(), [](const formula& a, const formula& b) {
    const auto rank = [](const formula& f) { return !is_single(f) ? 2 : f.truth ? 1 : 0; };
    return rank(a) < rank(b);
  });
  assignment learnt = known;
  for (formula& way : ways) {
    const bool single = is_single(way);
    const auto [atom, truth] = std::pair{way.atom, way.truth};
    std::vector<formula> parts = rest;
    parts.push_back(std::move(way));
    if (std::optional<sample_value> record =
            search(join(formula::kind::all_of, std::move(parts)), learnt, shape)) {
      return record;
    }
    if (left_.spent()) {
      return std::nullopt;
    }
    if (single) {
      learnt.emplace(atom, !truth);
    }
  }
  return std::nullopt;
}

std::optional<sample_value> coverage_search::settle(const sample_value& base,
                                                    const std::vector<atom_wish>& wishes,
                                                    const record_shape& shape) {
  const bool about_text = std::any_of(wishes.begin(), wishes.end(), [this](const atom_wish& wish) {
    return atoms_.at(wish.atom).text() != nullptr;
  });
  if (!about_text) {
    return base;
  }
  text_solver texts{atoms_, shape, left_, hopeless_};
  std::optional<sample_value> record = texts.solve(base, wishes);
  undecided_ = undecided_ || (!record && texts.undecided());
  return record;
}

}  // namespace trailbell::detect
