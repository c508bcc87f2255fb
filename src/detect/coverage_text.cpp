// The order, the cheap before the dear: the record that the values alone ask for; the same with the
// missing terms in a member that nothing is asked of; then proofs. No record exists where no text
// of the wide grammar fulfils the wishes: one wish at a time, of any event's records and then of
// this event's, and then all at once. One exists where the narrow grammar has a text around the
// members that are settled. Between the two it is undecided.
#include "detect/coverage_text.hpp"

#include <algorithm>
#include <utility>

#include "detect/text_grammar.hpp"

namespace trailbell::detect {

struct text_solver::text_wishes {
  std::vector<language_wish> languages;
  std::vector<std::string_view> wanted_parts;
  std::vector<std::pair<const filter_pattern*, bool>> unknown;
  std::vector<std::string_view> touched;  // top-level members that the wishes about values name
  std::vector<std::string_view> absent;   // of those, what must not be there
  bool all_touched = false;               // by a wildcard
};

namespace {

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// In the reference's order, on which a record's text depends.
void insert_member(const record_shape& record, std::string_view name, sample_value value,
                   sample_value& into) {
  const auto rank = [&record](std::string_view of) { return record.find(of); };
  const auto at = std::find_if(into.children.begin(), into.children.end(),
                               [&](const sample_member& m) { return rank(m.key) > rank(name); });
  into.children.insert(at, {std::string{name}, std::move(value)});
}

// Members that every record has, side by side, as they stand in its text.
std::vector<std::string> certain_texts(const record_shape& record) {
  std::vector<std::string> runs;
  bool adjacent = false;
  for (const member_shape& member : record.members) {
    const bool certain = member.shape.fixed && !member.optional;
    if (certain) {
      const auto* text = std::get_if<std::string>(&*member.shape.fixed);
      sample_value object = sample_value::of_kind(json_kind::object);
      object.children.push_back(
          {member.name, text != nullptr
                            ? sample_value::of_text(*text)
                            : sample_value::of_boolean(std::get<bool>(*member.shape.fixed))});
      const std::string braced = to_json(object);
      const std::string bare = braced.substr(1, braced.size() - 2);
      if (adjacent) {
        runs.back() += "," + bare;
      } else {
        runs.push_back(bare);
      }
    }
    adjacent = certain;
  }
  return runs;
}

// Words between blanks, one for each field, that its first comparison holds for, or does not hold
// for; and one more.
std::string words_for(const filter_pattern& pattern, bool holds, effort& left) {
  std::string words;
  for (const field& part : std::get<field_pattern>(pattern.syntax().pattern).fields) {
    std::optional<std::string> word;
    if (part.condition) {
      const condition_node<comparison>* node = &*part.condition;
      while (node->kind != node_kind::leaf) {
        node = &node->parts.front();
      }
      const std::unique_ptr<text_language> language = language_of(node->leaf.value);
      const bool wanted = (node->leaf.op == comparison_operator::equal) == holds;
      const language_wish wish{language.get(), wanted};
      word = shortest_text({&wish, 1}, left);
    }
    words += (word && !word->empty() ? *word : "a") + " ";
  }
  return words + "a";
}

}  // namespace

bool text_solver::fulfils(const sample_value& record, const text_wishes& wishes) const {
  const std::string text = to_json(record);
  return std::all_of(wishes.languages.begin(), wishes.languages.end(),
                     [&text](const language_wish& wish) {
                       return wish.language->contains(text) == wish.wanted &&
                              !wish.language->too_large();
                     }) &&
         std::all_of(wishes.unknown.begin(), wishes.unknown.end(), [&text](const auto& wish) {
           return wish.first->matches({text, nullptr}) == wish.second;
         });
}

std::optional<sample_value> text_solver::stuffed(const sample_value& base,
                                                 const text_wishes& wishes) {
  const std::string text = to_json(base);
  std::string stuffing;
  for (const std::string_view part : wishes.wanted_parts) {
    if (text.find(part) == std::string::npos && stuffing.find(part) == std::string::npos) {
      stuffing += (stuffing.empty() ? "" : " ") + std::string{part};
    }
  }
  const std::string before = stuffing.empty() ? "" : stuffing + " ";
  std::vector<std::string> texts{stuffing, before + "a"};
  for (const auto& [pattern, wanted] : wishes.unknown) {
    texts.push_back(before + words_for(*pattern, wanted, left_));
  }
  for (const member_shape& member : record_.members) {
    const bool open = member.shape.allows(json_kind::object) && !member.shape.closed;
    if (!member.optional || member.shape.fixed || wishes.all_touched ||
        contains(wishes.touched, member.name) || !(open || member.name == "userAgent")) {
      continue;
    }
    for (const std::string& with : texts) {
      sample_value value = sample_value::of_text(with);
      if (open) {
        sample_value object = sample_value::of_kind(json_kind::object);
        object.children.push_back({"a", std::move(value)});
        value = std::move(object);
      }
      sample_value record = base;
      insert_member(record_, member.name, std::move(value), record);
      if (fulfils(record, wishes)) {
        return record;
      }
    }
  }
  return std::nullopt;
}

bool text_solver::is_hopeless(const language_wish& wish) {
  const auto known = hopeless_.find({wish.language, wish.wanted});
  if (known != hopeless_.end()) {
    return known->second;
  }
  const text_grammar wide{cloudtrail_record(), {}, grammar_width::wide};
  const bool hopeless = !wide.shortest({&wish, 1}, left_);
  if (left_.spent()) {
    return false;
  }
  hopeless_.emplace(std::pair{wish.language, wish.wanted}, hopeless);
  return hopeless;
}

bool text_solver::impossible(const text_wishes& wishes) {
  const std::vector<std::string> certain = certain_texts(record_);
  for (const language_wish& wish : wishes.languages) {
    const bool unavoidable =
        !wish.wanted && !wish.language->too_large() && wish.language->survives_context() &&
        std::any_of(certain.begin(), certain.end(),
                    [&wish](const std::string& text) { return wish.language->contains(text); });
    if (unavoidable) {
      return true;
    }
  }
  return std::any_of(wishes.languages.begin(), wishes.languages.end(),
                     [&](const language_wish& wish) {
                       return is_hopeless(wish) || no_text_fulfils(wishes, {&wish, 1});
                     });
}

bool text_solver::no_text_fulfils(const text_wishes& wishes, std::span<const language_wish> these) {
  std::vector<member_choice> absent;
  absent.reserve(wishes.absent.size());
  for (const std::string_view name : wishes.absent) {
    absent.push_back({name, nullptr});
  }
  const text_grammar wide{record_, absent, grammar_width::wide};
  return !wide.shortest(these, left_) && !left_.spent();
}

std::optional<sample_value> text_solver::solve(const sample_value& base,
                                               std::span<const atom_wish> wishes) {
  text_wishes sorted;
  for (const atom_wish& wish : wishes) {
    const coverage_atom& atom = atoms_.at(wish.atom);
    if (const value_probe* const probe = atom.value()) {
      const selector_step& first = probe->steps.front();
      sorted.all_touched = sorted.all_touched || first.kind == step_kind::wildcard;
      sorted.touched.push_back(first.name);
      if (!wish.wanted && probe->steps.size() == 1 &&
          std::holds_alternative<presence_test>(probe->test)) {
        sorted.absent.push_back(first.name);
      }
    } else if (atom.language == nullptr) {
      sorted.unknown.emplace_back(&atoms_.pattern(atom.text()->pattern), wish.wanted);
    } else {
      sorted.languages.push_back({atom.language.get(), wish.wanted});
      if (wish.wanted && atom.text()->what == text_probe::kind::has) {
        sorted.wanted_parts.push_back(atom.text()->part);
      }
    }
  }
  undecided_ = false;
  if (fulfils(base, sorted)) {
    return base;
  }
  if (std::optional<sample_value> record = stuffed(base, sorted)) {
    return record;
  }
  if (impossible(sorted)) {
    return std::nullopt;
  }
  if (std::optional<sample_value> record = composed(base, sorted, true)) {
    return record;
  }
  if (sorted.languages.size() > 1 && no_text_fulfils(sorted, sorted.languages)) {
    return std::nullopt;
  }
  std::optional<sample_value> record = composed(base, sorted, false);
  undecided_ = !record;
  return record;
}

// `small`: members that nothing is asked of are left out, but for one that may hold a text and one
// that may hold anything.
std::optional<sample_value> text_solver::composed(const sample_value& base,
                                                  const text_wishes& wishes, bool small) {
  std::vector<member_choice> settled;
  bool open = false;
  for (const member_shape& member : record_.members) {
    if (wishes.all_touched || contains(wishes.touched, member.name)) {
      settled.push_back({member.name, base.find(member.name)});
      continue;
    }
    const bool first_open = !open && member.shape.allows(json_kind::object) && !member.shape.closed;
    open = open || first_open;
    if (small && member.optional && !first_open && member.name != "userAgent") {
      settled.push_back({member.name, nullptr});
    }
  }
  const text_grammar narrow{record_, settled, grammar_width::narrow};
  const std::optional<std::string> text = narrow.shortest(wishes.languages, left_);
  std::optional<sample_value> record = text ? read_compact_json(*text) : std::nullopt;
  return record && fulfils(*record, wishes) ? record : std::nullopt;
}

}  // namespace trailbell::detect
