#include "detect/coverage_record.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "trailbell/base/limits.hpp"

namespace trailbell::detect {
namespace {

bool all_unwanted(const std::vector<goal>& asked) {
  return std::none_of(asked.begin(), asked.end(), [](const goal& g) { return g.wanted; });
}

void append(std::vector<goal>& to, const std::vector<goal>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

bool is_equality(const goal& g) {
  return g.atom->language != nullptr;
}

// Of a text, a goal that no language decides.
bool holds_for_any_text(const goal& g) {
  return g.arrived() && std::holds_alternative<presence_test>(g.probe().test);
}

}  // namespace

bool passes(const goal& g, const sample_value& value) {
  if (!g.arrived()) {
    return false;  // nothing is selected below a value without children
  }
  if (std::holds_alternative<presence_test>(g.probe().test)) {
    return true;
  }
  if (const auto* state = std::get_if<state_test>(&g.probe().test)) {
    return *state == state_test::is_null
               ? value.kind == json_kind::null
               : value.kind == json_kind::boolean && value.truth == (*state == state_test::is_true);
  }
  json_tree tree;
  build_tree(value, tree);
  return compare_value(*g.atom->program, std::get<comparison>(g.probe().test), tree.root()) ==
         verdict::holds;
}

std::optional<sample_value> record_solver::solve(const record_shape& shape,
                                                 std::span<const atom_wish> wishes) {
  goals asked;
  for (const atom_wish& wish : wishes) {
    const coverage_atom& atom = atoms_.at(wish.atom);
    if (atom.value() != nullptr) {
      asked.push_back({&atom, 0, wish.wanted});
    }
  }
  undecided_ = false;
  place found = solve_place(shape, asked, false);
  if (found.what != outcome::present || left_.spent()) {
    return std::nullopt;
  }
  undecided_ = false;  // what was given up on the way is no loss
  return std::move(found.value);
}

// Texts before the rest: they are what a reader expects, and most patterns ask for them.
record_solver::place record_solver::solve_place(const record_shape& shape, const goals& asked,
                                                bool may_be_absent) {
  if (!left_.spend(asked.size() + 1)) {
    return {};
  }
  if (may_be_absent && all_unwanted(asked)) {
    return {outcome::absent, {}};
  }
  if (shape.fixed) {
    return solve_fixed(shape, asked);
  }
  constexpr std::array order{json_kind::text,   json_kind::null,  json_kind::boolean,
                             json_kind::number, json_kind::array, json_kind::object};
  for (const json_kind kind : order) {
    if (!shape.allows(kind)) {
      continue;
    }
    place found = solve_kind(shape, asked, kind);
    if (found.what == outcome::present) {
      return found;
    }
  }
  return {};
}

record_solver::place record_solver::solve_fixed(const record_shape& shape, const goals& asked) {
  const auto* text = std::get_if<std::string>(&*shape.fixed);
  sample_value value = text != nullptr ? sample_value::of_text(*text)
                                       : sample_value::of_boolean(std::get<bool>(*shape.fixed));
  const bool agreed = std::all_of(asked.begin(), asked.end(),
                                  [&value](const goal& g) { return passes(g, value) == g.wanted; });
  return agreed ? place{outcome::present, std::move(value)} : place{};
}

record_solver::place record_solver::solve_kind(const record_shape& shape, const goals& asked,
                                               json_kind kind) {
  const auto agreed = [&asked](const sample_value& value) {
    return std::all_of(asked.begin(), asked.end(),
                       [&value](const goal& g) { return passes(g, value) == g.wanted; });
  };
  switch (kind) {
    case json_kind::text:
      return solve_text(shape, asked);
    case json_kind::number:
      return solve_number(asked);
    case json_kind::array:
      return solve_array(shape, asked);
    case json_kind::object:
      return solve_object(shape, asked);
    case json_kind::boolean:
      for (const bool truth : {false, true}) {
        if (agreed(sample_value::of_boolean(truth))) {
          return {outcome::present, sample_value::of_boolean(truth)};
        }
      }
      return {};
    case json_kind::null:
      break;
  }
  const sample_value null;
  return agreed(null) ? place{outcome::present, null} : place{};
}

record_solver::place record_solver::solve_text(const record_shape& shape, const goals& asked) {
  std::vector<language_wish> wishes;
  for (const goal& g : asked) {
    if (!g.arrived() || !is_equality(g)) {
      if (holds_for_any_text(g) != g.wanted) {
        return {};
      }
      continue;
    }
    const bool equal = std::get<comparison>(g.probe().test).op == comparison_operator::equal;
    wishes.push_back({g.atom->language.get(), g.wanted == equal});
  }
  std::optional<std::string> text;
  for (const std::string& example : shape.examples) {
    const bool fits = std::all_of(wishes.begin(), wishes.end(), [&example](language_wish wish) {
      return !wish.language->too_large() && wish.language->contains(example) == wish.wanted;
    });
    if (fits) {
      text = example;
      break;
    }
  }
  text = text ? text : text_for(wishes);
  return text ? place{outcome::present, sample_value::of_text(*text)} : place{};
}

std::optional<std::string> record_solver::text_for(const std::vector<language_wish>& wishes) {
  std::vector<std::pair<const text_language*, bool>> key;
  key.reserve(wishes.size());
  for (const language_wish& wish : wishes) {
    key.emplace_back(wish.language, wish.wanted);
  }
  std::sort(key.begin(), key.end());
  const auto known = texts_.find(key);
  if (known != texts_.end()) {
    return known->second;
  }
  std::optional<std::string> text = shortest_text(wishes, left_);
  if (!left_.spent()) {
    texts_.emplace(std::move(key), text);
  }
  return text;
}

record_solver::place record_solver::solve_number(const goals& asked) {
  goals arrived;
  for (const goal& g : asked) {
    if (g.arrived()) {
      arrived.push_back(g);
    } else if (g.wanted) {
      return {};
    }
  }
  std::optional<std::string> number = number_for(arrived, left_, undecided_);
  if (!number) {
    return {};
  }
  sample_value value = sample_value::of_kind(json_kind::number);
  value.text = std::move(*number);
  return {outcome::present, std::move(value)};
}

// What a goal that has arrived says of an array or an object as such.
bool record_solver::split_arrived(const goal& g, json_kind kind, children_goals& into) {
  const auto* state = std::get_if<state_test>(&g.probe().test);
  const bool looks_inside = kind == json_kind::array && state != nullptr &&
                            *state == state_test::is_null && !g.probe().through_wildcard &&
                            !g.itself;
  if (looks_inside) {
    (g.wanted ? into.some : into.none).push_back({g.atom, g.step, g.wanted, true});
    return true;
  }
  return std::holds_alternative<presence_test>(g.probe().test) == g.wanted;
}

// Hands the goals on to the children; false where the kind alone breaks one.
bool record_solver::split(const goals& asked, json_kind kind, children_goals& into) {
  for (const goal& g : asked) {
    if (g.arrived()) {
      if (!split_arrived(g, kind, into)) {
        return false;
      }
      continue;
    }
    const selector_step& step = g.next();
    if (step.kind == step_kind::wildcard) {
      (g.wanted ? into.some : into.none).push_back(g.advanced());
    } else if ((step.kind == step_kind::member) == (kind == json_kind::object)) {
      goals& child =
          kind == json_kind::object ? into.members[step.name] : into.elements[step.index];
      child.push_back(g.advanced());
    } else if (g.wanted) {
      return false;
    }
  }
  return true;
}

record_solver::place record_solver::solve_object(const record_shape& shape, const goals& asked) {
  children_goals children;
  if (!split(asked, json_kind::object, children)) {
    return {};
  }
  return shape.closed ? solve_closed(shape, std::move(children)) : solve_open(children);
}

record_solver::place record_solver::solve_open(const children_goals& children) {
  place object{outcome::present, sample_value::of_kind(json_kind::object)};
  for (const auto& [name, own] : children.members) {
    goals asked = own;
    append(asked, children.none);
    place child = solve_place(any_value(), asked, true);
    if (child.what == outcome::impossible) {
      return {};
    }
    if (child.what == outcome::present) {
      object.value.children.push_back({name, std::move(child.value)});
    }
  }
  std::string name = "a";
  for (const goal& some : children.some) {
    goals asked{some};
    append(asked, children.none);
    place child = solve_place(any_value(), asked, false);
    if (child.what != outcome::present) {
      return {};
    }
    while (children.members.count(name) > 0 || object.value.find(name) != nullptr) {
      name.back() == 'z' ? name.push_back('a') : static_cast<void>(++name.back());
    }
    object.value.children.push_back({name, std::move(child.value)});
  }
  return object;
}

record_solver::place record_solver::solve_closed(const record_shape& shape,
                                                 children_goals children) {
  for (const auto& [name, asked] : children.members) {
    if (shape.find(name) == nullptr && !all_unwanted(asked)) {
      return {};
    }
  }
  std::vector<slot> slots;
  for (const member_shape& member : shape.members) {
    slot s{&member.shape, member.optional, member.name, {}, {}};
    const auto own = children.members.find(member.name);
    if (own != children.members.end()) {
      s.asked = own->second;
    }
    append(s.asked, children.none);
    slots.push_back(std::move(s));
  }
  if (!fill(slots, children.some, 0)) {
    return {};
  }
  place object{outcome::present, sample_value::of_kind(json_kind::object)};
  for (slot& s : slots) {
    if (s.found.what == outcome::present) {
      object.value.children.push_back({std::move(s.name), std::move(s.found.value)});
    }
  }
  return object;
}

bool record_solver::fill(std::vector<slot>& slots, const goals& some, std::size_t from) {
  if (from == some.size()) {
    for (slot& s : slots) {
      s.found = solve_place(*s.shape, s.asked, s.optional);
      if (s.found.what == outcome::impossible) {
        return false;
      }
    }
    return true;
  }
  for (slot& s : slots) {
    s.asked.push_back(some[from]);
    const bool possible = solve_place(*s.shape, s.asked, false).what == outcome::present;
    if (possible && fill(slots, some, from + 1)) {
      return true;
    }
    s.asked.pop_back();
    if (left_.spent()) {
      return false;
    }
  }
  return false;
}

record_solver::place record_solver::solve_array(const record_shape& shape, const goals& asked) {
  children_goals children;
  if (!split(asked, json_kind::array, children)) {
    return {};
  }
  std::size_t least = 0;  // elements that the wanted indexes need
  std::size_t named = 0;
  for (const auto& [index, own] : children.elements) {
    const bool wanted = !all_unwanted(own);
    if (index < limits::coverage_elements_max) {
      named = index + 1;
      least = wanted ? named : least;
    } else if (wanted) {
      undecided_ = undecided_ || index != std::numeric_limits<std::size_t>::max();
      return {};
    }
  }
  const record_shape& element = shape.element.empty() ? any_value() : shape.element.front();
  const auto slots_of = [&](std::size_t size) {
    std::vector<slot> slots(size, slot{&element, false, {}, children.none, {}});
    for (const auto& [index, own] : children.elements) {
      if (index < size) {
        append(slots[index].asked, own);
      }
    }
    return slots;
  };
  const std::size_t most = named + children.some.size();
  constexpr std::size_t few = 3;  // above, sharing elements is not worth the search
  if (children.some.size() > few) {
    std::vector<slot> slots = slots_of(most);
    for (std::size_t i = 0; i < children.some.size(); ++i) {
      slots[named + i].asked.push_back(children.some[i]);
    }
    if (fill(slots, {}, 0)) {
      return array_of(slots);
    }
  }
  for (std::size_t size = least; size <= most && !left_.spent(); ++size) {
    std::vector<slot> slots = slots_of(size);
    if (fill(slots, children.some, 0)) {
      return array_of(slots);
    }
  }
  return {};
}

record_solver::place record_solver::array_of(std::vector<slot>& slots) {
  place array{outcome::present, sample_value::of_kind(json_kind::array)};
  for (slot& s : slots) {
    array.value.children.push_back({{}, std::move(s.found.value)});
  }
  return array;
}

}  // namespace trailbell::detect
