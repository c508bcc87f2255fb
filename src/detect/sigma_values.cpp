#include "detect/sigma_values.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "detect/filter_number.hpp"
#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

using enum sigma_modifier;

bool is_number(const yaml_node& value) noexcept {
  return value.type() == yaml_type::integer || value.type() == yaml_type::decimal;
}

// Where the placeholder `%name%` at or behind `from` begins; npos where there is none. Behind a
// backslash % is only itself.
std::size_t find_placeholder(std::string_view text, std::size_t from) noexcept {
  for (std::size_t at = text.find('%', from); at != std::string_view::npos;
       at = text.find('%', at + 1)) {
    const std::size_t end = text.find('%', at + 1);
    if ((at == 0 || text[at - 1] != '\\') && end != std::string_view::npos && end > at + 1) {
      return at;
    }
  }
  return std::string_view::npos;
}

std::string without_escapes(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text.substr(at, 2) != "\\%") {
      out.push_back(text[at]);
    }
  }
  return out;
}

comparison_operator operator_of(const sigma_modifier* order) noexcept {
  if (order == nullptr) {
    return comparison_operator::equal;
  }
  return *order == lt    ? comparison_operator::less
         : *order == lte ? comparison_operator::less_or_equal
         : *order == gt  ? comparison_operator::greater
                         : comparison_operator::greater_or_equal;
}

sigma_alternatives single(sigma_test test) {
  sigma_alternatives tests;
  tests.push_back(std::move(test));  // a regular expression is moved only
  return tests;
}

struct part_range {
  sigma_modifier modifier;
  time_part part;
  whole_range within;
};
constexpr std::array<part_range, 6> part_ranges{{{minute, time_part::minute, {0, 59}},
                                                 {hour, time_part::hour, {0, 23}},
                                                 {day, time_part::day, {1, 31}},
                                                 {week, time_part::week, {1, 53}},
                                                 {month, time_part::month, {1, 12}},
                                                 {year, time_part::year, {1678, 2261}}}};

}  // namespace

std::vector<sigma_alternatives> sigma_value_reader::operator()(const yaml_node& value) const {
  std::vector<sigma_alternatives> all;
  if (const std::optional<std::vector<std::string>> spelt = expand(value)) {
    for (const std::string& text : *spelt) {
      all.push_back(tests_of(value, text));
    }
  }
  return all;
}

// The value with its placeholders replaced, in every way.
std::optional<std::vector<std::string>> sigma_value_reader::expand(const yaml_node& value) const {
  if (!modifiers_.has(sigma_modifier::expand)) {
    return std::vector<std::string>{value.text};
  }
  std::vector<std::string> all(1);
  std::size_t at = 0;
  const std::string_view text = value.text;
  for (std::size_t begin = find_placeholder(text, 0); begin != std::string_view::npos;
       begin = find_placeholder(text, at)) {
    const std::size_t end = text.find('%', begin + 1);
    const std::string name{text.substr(begin + 1, end - begin - 1)};
    const auto known = in_.placeholders.find(name);
    if (known == in_.placeholders.end()) {
      if (in_.runs) {
        in_.problem(
            in_.file.place_in(value, begin), "the placeholder '%" + name + "%' has no value",
            "give it one: a document 'placeholders: {" + name + ": [...]}' among the rules");
      }
      return std::nullopt;
    }
    if (all.size() * known->second.size() > limits::sigma_expansions_max) {
      in_.problem(value.at, "its placeholders stand for too many values",
                  "make several rules of it");
      return std::nullopt;
    }
    std::vector<std::string> more;
    const std::string between = without_escapes(text.substr(at, begin - at));
    for (const std::string& before : all) {
      for (const std::string& one : known->second) {
        more.emplace_back(before).append(between).append(one);
      }
    }
    all = std::move(more);
    at = end + 1;
  }
  for (std::string& one : all) {
    one += without_escapes(text.substr(at));
  }
  return all;
}

sigma_alternatives sigma_value_reader::tests_of(const yaml_node& value, std::string text) const {
  const yaml_type type = value.type();
  if (modifiers_.kind == sigma_kind::exists) {
    if (type != yaml_type::boolean) {
      in_.problem(value.at,
                  "'exists' is true or false, and here stands " + std::string{name_of(value)},
                  "write one of them, without quotes");
      return {};
    }
    return single(sigma_exists{value.text.front() == 't' || value.text.front() == 'T'});
  }
  if (modifiers_.kind == sigma_kind::comparison) {
    return comparison(value);
  }
  const bool modified = std::any_of(modifiers_.chain.begin(), modifiers_.chain.end(),
                                    [](sigma_modifier one) { return one != neq && one != all; });
  if (type == yaml_type::null) {
    if (modified || keyword_) {
      in_.problem(value.at, modified ? "null behind a modifier" : "null among the keywords",
                  modified ? "leave the modifier out" : "name a field");
      return {};
    }
    return single(sigma_null{});
  }
  if (type == yaml_type::boolean) {
    text = value.text.front() == 't' || value.text.front() == 'T' ? "true" : "false";
  }
  switch (modifiers_.kind) {
    case sigma_kind::regex:
      return regex(value, text);
    case sigma_kind::network:
      return network(value, text);
    case sigma_kind::reference:
      return reference(value, text);
    default:
      break;
  }
  if (is_number(value) && !modified && !keyword_) {
    return single(sigma_number{*read_number(text)});
  }
  return texts(value, text);
}

sigma_alternatives sigma_value_reader::texts(const yaml_node& value,
                                             const std::string& text) const {
  sigma_alternatives tests;
  const letter_case letters = modifiers_.has(cased) ? letter_case::kept : letter_case::ignored;
  const bool placed =
      modifiers_.has(startswith) || modifiers_.has(endswith) || modifiers_.has(contains);
  for (sigma_text& one : modified(value, read_sigma_text(text))) {
    if (!is_utf8(plain_of(one))) {
      in_.problem(value.at, "no text can hold these bytes of UTF-16",
                  "add base64 or base64offset behind the modifier");
      return {};
    }
    if (keyword_ && !placed) {
      add_any_run_in_front(one);
      add_any_run_behind(one);
    }
    tests.emplace_back(std::in_place_type<sigma_glob>, one, letters);
  }
  return tests;
}

// The modifiers of a text, in the order of the rule.
std::vector<sigma_text> sigma_value_reader::modified(const yaml_node& value,
                                                     sigma_text text) const {
  std::vector<sigma_text> all{std::move(text)};
  for (const sigma_modifier modifier : modifiers_.chain) {
    std::vector<sigma_text> next;
    for (sigma_text& one : all) {
      if (modifier == base64 || modifier == base64offset) {
        std::optional<std::vector<sigma_text>> made = coded(value, one, modifier);
        if (!made) {
          return {};
        }
        std::move(made->begin(), made->end(), std::back_inserter(next));
        continue;
      }
      if (modifier == windash) {
        one = with_any_dashes(one);
      } else if (modifier == utf16 || modifier == utf16le || modifier == utf16be) {
        one = in_utf16(one, modifier == utf16     ? utf16_order::marked
                            : modifier == utf16be ? utf16_order::big
                                                  : utf16_order::little);
      }
      if (modifier == contains || modifier == endswith) {
        add_any_run_in_front(one);
      }
      if (modifier == contains || modifier == startswith) {
        add_any_run_behind(one);
      }
      next.push_back(std::move(one));
    }
    all = std::move(next);
  }
  return all;
}

std::optional<std::vector<sigma_text>> sigma_value_reader::coded(const yaml_node& value,
                                                                 const sigma_text& text,
                                                                 sigma_modifier how) const {
  const std::string name{name_of(how)};
  if (has_wildcard(text)) {
    in_.problem(
        value.at, "'" + name + "' of a text with wildcards",
        "write '" + name + "' in front of contains, startswith and endswith, and \\* for *");
    return std::nullopt;
  }
  const auto spelt = spell_dashes(text, limits::sigma_expansions_max);
  if (!spelt) {
    in_.problem(value.at, "too many dashes for 'windash' in front of '" + name + "'",
                "leave 'windash' out, and list the spellings that matter");
    return std::nullopt;
  }
  std::vector<sigma_text> all;
  for (const sigma_text& one : *spelt) {
    const std::string bytes = plain_of(one);
    for (std::string& made :
         how == base64 ? std::vector{in_base64(bytes)} : in_base64_anywhere(bytes)) {
      all.emplace_back();
      if (!made.empty()) {
        all.back().push_back({sigma_piece_kind::plain, std::move(made)});
      }
    }
  }
  return all;
}

sigma_alternatives sigma_value_reader::regex(const yaml_node& value, std::string_view text) const {
  if (!in_.runs) {
    return {};
  }
  sigma_regex compiled{text, {modifiers_.has(i), modifiers_.has(m), modifiers_.has(s)}};
  if (const std::optional<std::string> failure = compiled.failure()) {
    in_.problem(value.at, *failure, "see https://github.com/google/re2/wiki/Syntax");
    return {};
  }
  return single(std::move(compiled));
}

sigma_alternatives sigma_value_reader::network(const yaml_node& value,
                                               std::string_view text) const {
  result<ip_network, std::string> parsed = ip_network::parse(text);
  if (!parsed) {
    in_.problem(value.at, parsed.failure(), "write one such as 10.0.0.0/8 or 2001:db8::/32");
    return {};
  }
  return single(parsed.value());
}

sigma_alternatives sigma_value_reader::reference(const yaml_node& value,
                                                 std::string_view text) const {
  const sigma_text path = read_sigma_text(text);
  if (path.empty() || has_wildcard(path)) {
    in_.problem(value.at, path.empty() ? "an empty field name" : "a field name with wildcards",
                "write the path of one field");
    return {};
  }
  const text_relation relation = modifiers_.has(startswith) ? text_relation::starts_with
                                 : modifiers_.has(endswith) ? text_relation::ends_with
                                 : modifiers_.has(contains) ? text_relation::contains
                                                            : text_relation::equal;
  return single(sigma_reference{plain_of(path), relation,
                                modifiers_.has(cased) ? letter_case::kept : letter_case::ignored});
}

sigma_alternatives sigma_value_reader::comparison(const yaml_node& value) const {
  const sigma_modifier* const part = modifiers_.time_part();
  const comparison_operator op = operator_of(modifiers_.order());
  const std::string word{name_of(part != nullptr ? *part : *modifiers_.order())};
  if (part == nullptr) {
    const std::optional<number_literal> number =
        is_number(value) ? read_number(value.text) : std::nullopt;
    if (!number) {
      in_.problem(value.at,
                  "'" + word + "' compares with a number, and here stands " + name_of(value),
                  "write it without quotes");
      return {};
    }
    return single(sigma_comparison{op, *number});
  }
  const part_range& range =
      *std::find_if(part_ranges.begin(), part_ranges.end(),
                    [part](const part_range& r) { return r.modifier == *part; });
  const std::optional<std::uint64_t> number = value.whole();
  if (!number || *number < range.within.least || *number > range.within.most) {
    in_.problem(value.at,
                "'" + word + "' is a whole number from " + std::to_string(range.within.least) +
                    " to " + std::to_string(range.within.most),
                "write such a number");
    return {};
  }
  return single(sigma_time{range.part, op, static_cast<std::int64_t>(*number)});
}

}  // namespace trailbell::detect
