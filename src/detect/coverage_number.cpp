// Numbers. What a comparison says of a JSON number depends on where its value stands among the
// patterns' own numbers, and on its spelling. The values that tell every two places apart are few:
// each of the patterns' numbers, its neighbours among the integers and among the doubles, and one
// beyond all doubles, which compares with nothing. They are tried with the evaluator itself.
//
// Spellings are a language: integers as they are written, and doubles as Java spells them. A
// question about values alone is decided by the first list, one about spellings alone by the
// second; one about both at once is undecided where neither finds a number nor rules one out.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <memory>

#include "detect/coverage_record.hpp"
#include "detect/filter_number.hpp"

namespace trailbell::detect {
namespace {

constexpr double exact_integers_end = 9007199254740992.0;  // 2^53

std::string spelt(double value) {
  char buffer[40];
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  return {buffer, end.ptr};
}

void add_integer(double value, std::vector<std::string>& out) {
  if (std::abs(value) < exact_integers_end) {
    out.push_back(std::to_string(static_cast<long long>(value)));
  }
}

bool agreed(std::span<const goal> asked, const std::string& number) {
  const sample_value value{json_kind::number, false, number, {}};
  return std::all_of(asked.begin(), asked.end(),
                     [&value](const goal& g) { return passes(g, value) == g.wanted; });
}

const comparison* comparison_of(const goal& g) {
  return std::get_if<comparison>(&g.probe().test);
}

std::vector<std::string> places_among(std::span<const goal> asked, bool& exact) {
  std::vector<std::string> places{"0", "1", "-1", "0.5"};
  for (const goal& g : asked) {
    const comparison* const test = comparison_of(g);
    const auto* number = test == nullptr ? nullptr : std::get_if<number_literal>(&test->value);
    if (number == nullptr) {
      continue;
    }
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (is_json_number(number->text)) {
      places.push_back(number->text);
    }
    exact = exact && std::abs(number->value) < exact_integers_end;
    if (std::isinf(number->value)) {
      continue;
    }
    for (const double near : {std::floor(number->value) - 1, std::floor(number->value),
                              std::ceil(number->value), std::ceil(number->value) + 1}) {
      add_integer(near, places);
    }
    for (const double near : {number->value, std::nextafter(number->value, -infinity),
                              std::nextafter(number->value, infinity)}) {
      places.push_back(spelt(near));
    }
  }
  places.insert(places.end(), {"1e309", "-1e309"});
  return places;
}

// Supersets of how numbers are spelt, but for the doubles few of them.
std::unique_ptr<text_language> integers() {
  return language_of_regex("^-?0$|^-?[1-9][0-9]*$");
}
std::unique_ptr<text_language> doubles() {
  return language_of_regex(
      "^-?0[.]0$|^-?[1-9][0-9]{0,6}[.]0$|^-?[1-9]?[0-9]{0,6}[0-9][.][0-9]*[1-9]$|"
      "^-?[1-9][.]0E-?[1-9][0-9]{0,2}$|^-?[1-9][.][0-9]*[1-9]E-?[1-9][0-9]{0,2}$|^-?Infinity$");
}

}  // namespace

std::optional<std::string> number_for(std::span<const goal> asked, effort& left, bool& undecided) {
  const bool possible = std::all_of(asked.begin(), asked.end(), [](const goal& g) {
    return comparison_of(g) != nullptr ||
           g.wanted == std::holds_alternative<presence_test>(g.probe().test);
  });
  if (!possible) {
    return std::nullopt;
  }
  bool exact = true;
  for (const std::string& place : places_among(asked, exact)) {
    if (!left.spend(asked.size() + 1)) {
      return std::nullopt;
    }
    if (agreed(asked, place)) {
      return place;
    }
  }
  std::vector<language_wish> spellings;
  bool values = false;
  for (const goal& g : asked) {
    const comparison* const test = comparison_of(g);
    if (test == nullptr || std::holds_alternative<number_literal>(test->value)) {
      values = values || test != nullptr;
      continue;
    }
    const bool equal = test->op == comparison_operator::equal;
    spellings.push_back({g.atom->language.get(), g.wanted == equal});
  }
  if (spellings.empty()) {
    undecided = undecided || !exact;
    return std::nullopt;
  }
  bool excluded = true;
  for (const auto& shape : {integers(), doubles()}) {
    spellings.push_back({shape.get(), true});
    std::optional<std::string> number = shortest_text(spellings, left);
    spellings.pop_back();
    if (number && number->find('I') == std::string::npos && agreed(asked, *number)) {
      return number;
    }
    excluded = excluded && !number && !left.spent();
  }
  undecided = undecided || !excluded;
  return std::nullopt;
}

}  // namespace trailbell::detect
