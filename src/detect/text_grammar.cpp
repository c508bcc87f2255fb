#include "detect/text_grammar.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <map>
#include <unordered_set>

#include "detect/text_product.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

constexpr int nesting = 2;  // of what a narrow grammar puts into an open object
constexpr char32_t last_code_point = 0x10ffff;

std::string key_of(std::string_view name) {
  std::string key;
  append_json_text(name, key);
  key.push_back(':');
  return key;
}

// Which letters the wishes do not tell apart have the same number.
std::vector<std::size_t> sorts_of(std::span<const char32_t> alphabet,
                                  std::span<const language_wish> wishes) {
  code_set ranges;
  for (const language_wish& wish : wishes) {
    wish.language->add_ranges(ranges);
  }
  std::map<std::vector<bool>, std::size_t> known;  // by the ranges that it is in
  std::vector<std::size_t> sorts;
  for (const char32_t letter : alphabet) {
    std::vector<bool> in;
    for (const code_range& r : ranges) {
      in.push_back(letter >= r.first && letter <= r.last);
    }
    sorts.push_back(known.emplace(std::move(in), known.size()).first->second);
  }
  return sorts;
}

bool is_open(const record_shape& shape) {
  return shape.allows(json_kind::object) && !shape.closed;
}

std::string fixed_text(const std::variant<bool, std::string>& fixed) {
  const auto* text = std::get_if<std::string>(&fixed);
  return to_json(text != nullptr ? sample_value::of_text(*text)
                                 : sample_value::of_boolean(std::get<bool>(fixed)));
}

}  // namespace

text_grammar::text_grammar(const record_shape& record, std::span<const member_choice> chosen,
                           grammar_width width)
    : width_{width} {
  const state start = add();
  end_ = root(start, record, chosen);
}

text_grammar::state text_grammar::add() {
  nodes_.emplace_back();
  return nodes_.size() - 1;
}

void text_grammar::link(state from, char32_t first, char32_t last, state to) {
  nodes_[from].edges.push_back({first, last, to});
  ranges_.insert({first, last});
}

text_grammar::state text_grammar::literal(state from, std::string_view text) {
  for (const char32_t c : to_code_points(text)) {
    const state to = add();
    link(from, c, c, to);
    from = to;
  }
  return from;
}

// As append_json_text() writes it; in a wide grammar with every other escape too.
text_grammar::state text_grammar::text(state from) {
  const state inside = literal(from, "\"");
  const state body = add();
  join(inside, body);
  link(body, U' ', U'!', body);
  link(body, U'#', U'[', body);
  link(body, U']', U'~', body);
  link(body, 0x80, last_code_point, body);
  const state escape = literal(body, "\\");
  link(escape, U'"', U'"', body);
  link(escape, U'\\', U'\\', body);
  const state hex = literal(escape, width_ == grammar_width::wide ? "u" : "u00");
  const auto digit = [this](state at, state to) {
    link(at, U'0', U'9', to);
    link(at, U'a', U'f', to);
    if (width_ == grammar_width::wide) {
      link(at, U'A', U'F', to);
    }
  };
  if (width_ == grammar_width::wide) {
    for (const char32_t c : std::u32string_view{U"/bfnrt"}) {
      link(escape, c, c, body);
    }
    state at = hex;
    for (int i = 0; i < 3; ++i) {
      const state to = add();
      digit(at, to);
      at = to;
    }
    digit(at, body);
  } else {
    const state low = add();
    link(hex, U'0', U'1', low);
    digit(low, body);
    link(literal(hex, "7"), U'f', U'f', body);
  }
  return literal(body, "\"");
}

text_grammar::state text_grammar::any_value(state from, int depth) {
  const state end = add();
  join(text(from), end);
  for (const std::string_view word : {"null", "true", "false", "0"}) {
    join(literal(from, word), end);
  }
  const state digits = add();
  link(from, U'1', U'9', digits);
  link(digits, U'0', U'9', digits);
  join(digits, end);
  if (depth > 0) {
    join(list(from, depth, true), end);
    join(list(from, depth, false), end);
  }
  return end;
}

text_grammar::state text_grammar::list(state from, int depth, bool object) {
  const state end = add();
  const state open = literal(from, object ? "{" : "[");
  const state child = add();
  join(open, child);
  const state behind = any_value(object ? literal(text(child), ":") : child, depth - 1);
  join(literal(behind, ","), child);
  const std::string_view closing = object ? "}" : "]";
  join(literal(open, closing), end);
  join(literal(behind, closing), end);
  return end;
}

text_grammar::state text_grammar::open_object(state from, bool nested) {
  if (width_ == grammar_width::narrow) {
    return nested ? list(from, nesting, true) : literal(from, "{}");
  }
  // What may follow what, whatever is open: a value, or a sign that one comes after.
  const state before = literal(from, "{");
  const state behind = add();
  for (const std::string_view word : {"null", "true", "false"}) {
    join(literal(before, word), behind);
  }
  const state number = add();
  link(before, U'-', U'-', number);
  link(before, U'0', U'9', number);
  for (const char32_t c : std::u32string_view{U"+-.eE"}) {
    link(number, c, c, number);
  }
  link(number, U'0', U'9', number);
  join(number, behind);
  join(text(before), behind);
  for (const char32_t c : std::u32string_view{U"{["}) {
    link(before, c, c, before);
  }
  for (const char32_t c : std::u32string_view{U",:"}) {
    link(behind, c, c, before);
  }
  for (const char32_t c : std::u32string_view{U"}]"}) {
    link(before, c, c, behind);  // nothing is in it
    link(behind, c, c, behind);
  }
  const state end = add();
  join(literal(before, "}"), end);
  join(literal(behind, "}"), end);
  return end;
}

text_grammar::state text_grammar::value(state from, const record_shape& shape) {
  if (shape.fixed) {
    return literal(from, fixed_text(*shape.fixed));
  }
  const state end = add();
  if (shape.allows(json_kind::text)) {
    join(text(from), end);
  }
  if (shape.allows(json_kind::null)) {
    join(literal(from, "null"), end);
  }
  if (shape.allows(json_kind::boolean)) {
    join(literal(from, "true"), end);
    join(literal(from, "false"), end);
  }
  if (shape.allows(json_kind::object)) {
    join(shape.closed ? closed_object(from, shape) : open_object(from, false), end);
  }
  if (shape.allows(json_kind::array)) {
    join(array(from, shape.element.front()), end);
  }
  return end;
}

// Two rows of states: before the first member, and behind one.
text_grammar::state text_grammar::closed_object(state from, const record_shape& shape) {
  state none = literal(from, "{");
  state some = add();
  for (const member_shape& member : shape.members) {
    const state next_none = add();
    const state next_some = add();
    join(none, next_none);
    join(some, next_some);
    join(value(literal(none, key_of(member.name)), member.shape), next_some);
    join(value(literal(some, "," + key_of(member.name)), member.shape), next_some);
    none = next_none;
    some = next_some;
  }
  const state end = add();
  join(literal(none, "}"), end);
  join(literal(some, "}"), end);
  return end;
}

text_grammar::state text_grammar::array(state from, const record_shape& element) {
  const state end = add();
  const state open = literal(from, "[");
  const state child = add();
  join(open, child);
  const state behind = value(child, element);
  join(literal(behind, ","), child);
  join(literal(open, "]"), end);
  join(literal(behind, "]"), end);
  return end;
}

// A record always has a member, eventSource and eventName at least: those before the first of them
// end with a comma, those behind it begin with one.
text_grammar::state text_grammar::root(state from, const record_shape& record,
                                       std::span<const member_choice> chosen) {
  state at = literal(from, "{");
  bool behind = false;
  bool nested = false;
  for (const member_shape& member : record.members) {
    const auto choice = std::find_if(chosen.begin(), chosen.end(),
                                     [&](const member_choice& c) { return c.name == member.name; });
    const bool known = choice != chosen.end();
    if (known && choice->value == nullptr) {
      continue;
    }
    const state end = add();
    const state begin = literal(at, (behind ? "," : "") + key_of(member.name));
    const state read = known ? literal(begin, to_json(*choice->value)) : value(begin, member.shape);
    if (!known && !nested && is_open(member.shape)) {
      join(open_object(begin, true), read);
      nested = true;
    }
    join(behind || !member.optional ? read : literal(read, ","), end);
    if (member.optional && !known) {
      join(at, end);
    }
    behind = behind || !member.optional;
    at = end;
  }
  return literal(at, "}");
}

// Letters that are the same to the wishes and lead to the same state are one: the first, which is
// the most readable.
text_grammar::moves text_grammar::moves_from(state at, const letters& of) const {
  moves all;
  std::vector<std::pair<std::size_t, state>> taken;  // sort, to
  for (const edge& e : nodes_[at].edges) {
    auto next = std::lower_bound(of.by_code_point.begin(), of.by_code_point.end(),
                                 std::pair<char32_t, std::size_t>{e.first, 0});
    std::vector<std::size_t> fit;
    for (; next != of.by_code_point.end() && next->first <= e.last; ++next) {
      fit.push_back(next->second);
    }
    std::sort(fit.begin(), fit.end());
    for (const std::size_t letter : fit) {
      const std::pair move{of.sorts[letter], e.to};
      if (std::find(taken.begin(), taken.end(), move) == taken.end()) {
        all.emplace_back(letter, e.to);
        taken.push_back(move);
      }
    }
  }
  return all;
}

std::optional<std::string> text_grammar::shortest(std::span<const language_wish> wishes,
                                                  effort& left) const {
  const std::optional<std::vector<char32_t>> alphabet =
      alphabet_of(wishes, {ranges_.begin(), ranges_.end()});
  if (!alphabet) {
    left.give_up();
    return std::nullopt;
  }
  letters sorted{{}, sorts_of(*alphabet, wishes)};
  for (std::size_t letter = 0; letter < alphabet->size(); ++letter) {
    sorted.by_code_point.emplace_back((*alphabet)[letter], letter);
  }
  std::sort(sorted.by_code_point.begin(), sorted.by_code_point.end());
  std::vector<std::optional<moves>> by_state(nodes_.size());  // made when they are first needed
  text_product product{wishes, *alphabet};
  struct visit {
    state at;
    text_product::id product;
    std::size_t from;
    std::size_t letter;  // no_letter: none was read
  };
  constexpr std::size_t no_letter = std::numeric_limits<std::size_t>::max();
  std::deque<visit> visits;
  std::deque<std::size_t> open;
  std::unordered_set<std::uint64_t> seen;
  const auto reach = [&](const visit& v) {
    if (seen.insert(static_cast<std::uint64_t>(v.at) << 32U | v.product).second) {
      visits.push_back(v);
      const std::size_t index = visits.size() - 1;
      v.letter != no_letter ? open.push_back(index) : open.push_front(index);
    }
  };
  reach({0, product.start(), 0, no_letter});
  while (!open.empty()) {
    const std::size_t index = open.front();
    open.pop_front();
    const visit now = visits[index];
    if (now.at == end_ && product.fulfilled(now.product)) {
      std::u32string backwards;
      for (std::size_t i = index; i > 0; i = visits[i].from) {
        if (visits[i].letter != no_letter) {
          backwards.push_back((*alphabet)[visits[i].letter]);
        }
      }
      std::string found;
      std::for_each(backwards.rbegin(), backwards.rend(),
                    [&found](char32_t c) { append_utf8(c, found); });
      return found;
    }
    if (!by_state[now.at]) {
      by_state[now.at] = moves_from(now.at, sorted);
    }
    if (!left.spend(1 + by_state[now.at]->size())) {
      return std::nullopt;
    }
    for (const state to : nodes_[now.at].free) {
      reach({to, now.product, index, no_letter});
    }
    for (const auto& [letter, to] : *by_state[now.at]) {
      const text_product::id next = product.next(now.product, letter);
      if (next != text_product::none) {
        reach({to, next, index, letter});
      }
    }
  }
  give_up_where_too_large(wishes, left);
  return std::nullopt;
}

}  // namespace trailbell::detect
