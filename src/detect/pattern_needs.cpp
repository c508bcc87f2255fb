// What a pattern needs: read off its syntax, through && and ||.
//
// A condition that has to hold is worth knowing when it pins down text: the value of an equality,
// the fixed pieces around a wildcard, the plain run of a regular expression; else the name of a
// member that not every record has. Of several conditions joined by && the rarest is taken; of
// those joined by || all are needed. Negations need nothing.
#include <algorithm>
#include <string_view>
#include <utility>

#include "detect/needed_literals.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/detect/pattern_rule.hpp"

namespace trailbell::detect {
namespace {

// Spelled in one way only, but for \u00xx, which the prefilter always lets pass.
bool is_sure(char c) noexcept {
  return c >= ' ' && c != '"' && c != '\\' && c != '/';  // a char beyond ASCII is negative, or less
}

bool is_ascii(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x80;
}

// A value may also be a JSON number, which stands there without quotes and in a spelling of its
// own. No number's text has a byte but these.
bool can_be_number(std::string_view text) noexcept {
  return text.find_first_not_of("0123456789+-.eEInfity") == std::string_view::npos;
}

// The longest run of `text` whose bytes are as they are in any JSON text that means it. Quotes that
// `opens` and `closes` the value count as part of it.
std::string longest_run(std::string_view text, bool opens, bool closes) {
  std::string best;
  std::string run = opens ? "\"" : "";
  const auto end_run = [&] {
    if (run.size() > best.size()) {
      best = run;
    }
    run.clear();
  };
  for (const char c : text) {
    if (is_ascii(c) && is_sure(c)) {
      run.push_back(c);
    } else {
      end_run();
    }
  }
  run += closes ? "\"" : "";
  end_run();
  best.resize(std::min(best.size(), literal_bytes_max));
  return best;
}

std::string longest_run(const text_literal& value) {
  if (std::all_of(value.pieces.begin(), value.pieces.end(), can_be_number)) {
    return {};
  }
  std::string best;
  for (std::size_t i = 0; i < value.pieces.size(); ++i) {
    std::string run = longest_run(value.pieces[i], i == 0, i + 1 == value.pieces.size());
    if (run.size() > best.size()) {
      best = std::move(run);
    }
  }
  return best;
}

bool is_plain_regex_byte(char c) noexcept {
  return is_letter_or_digit(c) || c == '_' || c == '-' || c == ':' || c == '=' || c == '@' ||
         c == ',' || c == ';';
}

// Where the class ends that begins at `at`. A bracket that comes first in it does not end it.
std::size_t class_end(std::string_view source, std::size_t at) noexcept {
  at += source.substr(at + 1).starts_with('^') ? 2 : 1;
  do {
    at += source[at] == '\\' ? 2 : 1;
  } while (at < source.size() && source[at] != ']');
  return at;
}

// The longest run of plain characters that every text with a match holds. `in_json`: the text is a
// value of a JSON document, which may be a number.
std::string longest_run(const regex_literal& regex, bool in_json) {
  const std::string_view source = regex.source;
  if (source.find('|') != std::string_view::npos) {
    return {};
  }
  std::string best;
  std::string run;
  const auto end_run = [&] {
    if (run.size() > best.size() && !(in_json && can_be_number(run))) {
      best = run;
    }
    run.clear();
  };
  for (std::size_t i = 0; i < source.size(); ++i) {
    const char c = source[i];
    if (is_plain_regex_byte(c)) {
      run.push_back(c);
      continue;
    }
    if ((c == '*' || c == '?' || c == '{') && !run.empty()) {
      run.pop_back();  // that character may be absent
    }
    end_run();
    if (c == '\\') {
      i += i + 1 < source.size() && source[i + 1] == 'x' ? 3 : 1;
    } else if (c == '[') {
      i = class_end(source, i);
    } else if (c == '{') {
      i = std::min(source.find('}', i), source.size());
    }
  }
  end_run();
  best.resize(std::min(best.size(), literal_bytes_max));
  return best;
}

needed one_literal(std::string text, rarity rank) {
  if (text.size() < literal_bytes_min) {
    return std::nullopt;
  }
  return literal_choice{rank, {{std::move(text), false}}};
}

// Folds `need_of` over a tree of conditions.
template <class Need, class Leaf, class NeedOf, class Both, class Either>
std::optional<Need> fold(const condition_node<Leaf>& node, const NeedOf& need_of, const Both& both,
                         const Either& any) {
  if (node.kind == node_kind::leaf) {
    return need_of(node.leaf);
  }
  std::optional<Need> sum = fold<Need>(node.parts.front(), need_of, both, any);
  for (std::size_t i = 1; i < node.parts.size(); ++i) {
    std::optional<Need> next = fold<Need>(node.parts[i], need_of, both, any);
    sum = node.kind == node_kind::all_of ? both(std::move(sum), std::move(next))
                                         : any(std::move(sum), std::move(next));
  }
  return sum;
}

bool is_member(const selector& where, std::string_view name) {
  return where.steps.size() == 1 && where.steps.front().kind == step_kind::member &&
         where.steps.front().name == name;
}

// The longest unusual name on the way to a value that has to be there, or to the wildcard on the
// way.
needed member_needed(const selector& where, bool to_wildcard = false) {
  std::string best;
  for (const selector_step& step : where.steps) {
    if (step.kind == step_kind::wildcard && to_wildcard) {
      break;
    }
    if (step.kind != step_kind::member || is_usual_member(step.name)) {
      continue;
    }
    std::string run = longest_run(step.name, true, true);
    if (run.size() > best.size()) {
      best = std::move(run);
    }
  }
  return one_literal(std::move(best), rarity::member_name);
}

needed literal_needed(const json_condition& condition) {
  if (const auto* state = std::get_if<state_test>(&condition.test)) {
    // A broken record may be read as one whose errorCode is true, whatever it has.
    const bool untold = *state == state_test::not_exists || is_member(condition.where, "errorCode");
    return untold ? std::nullopt : member_needed(condition.where);
  }
  const auto& test = std::get<comparison>(condition.test);
  // `!=` behind a wildcard holds where the wildcard leads to nothing at all.
  needed by_name = member_needed(condition.where, test.op == comparison_operator::not_equal);
  if (test.op != comparison_operator::equal) {
    return by_name;
  }
  std::string run;
  if (const auto* text = std::get_if<text_literal>(&test.value)) {
    run = longest_run(*text);
  } else if (const auto* regex = std::get_if<regex_literal>(&test.value)) {
    run = longest_run(*regex, true);
  }
  const rarity rank = is_member(condition.where, "eventName")     ? rarity::event_name
                      : is_member(condition.where, "eventSource") ? rarity::event_source
                                                                  : rarity::value;
  return rarer(one_literal(std::move(run), rank), std::move(by_name));
}

// ---- event names and sources -------------------------------------------------------------------

using values = std::vector<std::string>;

std::optional<values> values_needed(const condition_node<json_condition>& tree,
                                    std::string_view member) {
  const auto of_leaf = [member](const json_condition& condition) -> std::optional<values> {
    const auto* test = std::get_if<comparison>(&condition.test);
    const auto* text = test == nullptr || test->op != comparison_operator::equal
                           ? nullptr
                           : std::get_if<text_literal>(&test->value);
    if (text == nullptr || text->has_wildcard() || can_be_number(text->pieces.front()) ||
        !is_member(condition.where, member)) {
      return std::nullopt;
    }
    return values{text->pieces.front()};
  };
  const auto both = [](std::optional<values> a, std::optional<values> b) {
    return !b || (a && a->size() <= b->size()) ? std::move(a) : std::move(b);
  };
  const auto any = [](std::optional<values> a, std::optional<values> b) {
    if (!a || !b) {
      return std::optional<values>{};
    }
    a->insert(a->end(), b->begin(), b->end());
    return a;
  };
  std::optional<values> found = fold<values>(tree, of_leaf, both, any);
  if (found) {
    std::sort(found->begin(), found->end());
    found->erase(std::unique(found->begin(), found->end()), found->end());
  }
  return found;
}

// A term is looked for in the record's bytes as they are.
needed literal_needed(const term_pattern& pattern) {
  const auto of_term = [](const term& one) {
    return one_literal(one.text.substr(0, literal_bytes_max), rarity::value);
  };
  if (pattern.all_optional()) {
    needed sum = of_term(pattern.terms.front());
    for (std::size_t i = 1; i < pattern.terms.size(); ++i) {
      sum = either(std::move(sum), of_term(pattern.terms[i]));
    }
    return sum;
  }
  needed longest;
  for (const term& one : pattern.terms) {
    needed next = one.role == term_role::required ? of_term(one) : std::nullopt;
    if (next && (!longest || next->literals[0].text.size() > longest->literals[0].text.size())) {
      longest = std::move(next);
    }
  }
  return longest;
}

}  // namespace

rule_needs needs_of(const filter_pattern& pattern) {
  rule_needs needs;
  needed literals;
  const auto& syntax = pattern.syntax().pattern;
  if (const auto* json = std::get_if<json_pattern>(&syntax)) {
    literals = fold<literal_choice>(
        json->condition, [](const json_condition& leaf) { return literal_needed(leaf); }, rarer,
        either);
    needs.event_names = values_needed(json->condition, "eventName");
    needs.event_sources = values_needed(json->condition, "eventSource");
  } else if (const auto* terms = std::get_if<term_pattern>(&syntax)) {
    literals = literal_needed(*terms);
  } else if (const auto* regex = std::get_if<regex_pattern>(&syntax)) {
    literals = one_literal(longest_run(regex->regex, false), rarity::value);
  }
  if (literals) {
    needs.literals = std::move(literals->literals);
  }
  return needs;
}

}  // namespace trailbell::detect
