#include "verify/message_filter.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include "trailbell/base/text.hpp"
#include "verify/resource_policy.hpp"

namespace trailbell::verify {
namespace {

passing said(bool holds) noexcept {
  return holds ? passing::yes : passing::no;
}

passing opposite(passing of) noexcept {
  return of == passing::maybe ? of : said(of == passing::no);
}

bool equal(json_value a, json_value b) {
  if (a.kind() != b.kind()) {
    return false;
  }
  return a.is(json_kind::boolean) ? a.truth() == b.truth() : a.text() == b.text();
}

std::optional<double> number_of(json_value value) {
  double number = 0;
  const std::string_view text = value.text();
  const auto got = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool sound = value.is(json_kind::number) && got.ec == std::errc{};
  return sound ? std::optional{number} : std::nullopt;
}

// ["=", 5], [">", 0, "<=", 5]
passing in_numbers(json_value wanted, json_value value) {
  const std::optional<double> number = number_of(value);
  if (!number) {
    return passing::no;
  }
  bool all = true;
  for (std::size_t i = 0; i + 1 < wanted.size(); i += 2) {
    const std::string_view test = wanted.at(i)->text();
    const std::optional<double> bound = number_of(*wanted.at(i + 1));
    if (!bound) {
      return passing::maybe;
    }
    all = all && (test == "="    ? *number == *bound
                  : test == "<"  ? *number < *bound
                  : test == "<=" ? *number <= *bound
                  : test == ">"  ? *number > *bound
                                 : *number >= *bound);
  }
  return said(all);
}

passing one_of(json_value wanted, json_value value);

passing tested(std::string_view test, json_value operand, json_value value) {
  if (test == "prefix" && operand.is(json_kind::text)) {
    return said(value.text().starts_with(operand.text()));
  }
  if (test == "suffix" && operand.is(json_kind::text)) {
    return said(value.text().ends_with(operand.text()));
  }
  if (test == "wildcard") {
    return said(matches_wildcard(operand.text(), value.text()));
  }
  if (test == "equals-ignore-case") {
    return said(equal_folded(value.text(), fold_ascii(operand.text())));
  }
  if (test == "numeric") {
    return in_numbers(operand, value);
  }
  if (test == "anything-but") {
    if (operand.is(json_kind::array)) {
      return opposite(one_of(operand, value));
    }
    if (!operand.is(json_kind::object)) {
      return said(!equal(operand, value));
    }
    for (const json_value inner : operand) {
      return inner.is(json_kind::array) ? passing::maybe
                                        : opposite(tested(inner.key(), inner, value));
    }
  }
  return passing::maybe;
}

// A value against the alternatives of one key.
passing one_of(json_value wanted, json_value value) {
  passing best = passing::no;
  for (const json_value alternative : wanted) {
    passing here = passing::no;
    if (!alternative.is(json_kind::object)) {
      here = said(equal(alternative, value));
    }
    for (const json_value test : alternative) {
      here = test.key() == "exists" ? said(test.truth()) : tested(test.key(), test, value);
    }
    best = std::max(best, here);
  }
  return best;
}

bool allows_absence(json_value wanted) {
  for (const json_value alternative : wanted) {
    const auto exists = alternative.find("exists");
    if (exists && exists->is(json_kind::boolean) && !exists->truth()) {
      return true;
    }
  }
  return false;
}

// Of a list of objects one has to.
passing object_passes(json_value wanted, json_value value) {
  if (value.is(json_kind::object)) {
    return passes_filter(wanted, value);
  }
  passing best = passing::no;
  for (const json_value item : value) {
    best = item.is(json_kind::object) ? std::max(best, passes_filter(wanted, item)) : best;
  }
  return best;
}

passing member_passes(json_value wanted, std::optional<json_value> value) {
  if (wanted.is(json_kind::object)) {
    return value ? object_passes(wanted, *value) : passing::no;
  }
  if (!wanted.is(json_kind::array)) {
    return passing::maybe;
  }
  if (!value) {
    return said(allows_absence(wanted));
  }
  if (value->is(json_kind::null)) {
    return passing::maybe;
  }
  if (value->is(json_kind::array)) {
    passing best = passing::no;
    for (const json_value item : *value) {
      best = std::max(best, one_of(wanted, item));
    }
    return best;
  }
  return one_of(wanted, *value);
}

}  // namespace

passing passes_filter(json_value policy, json_value message) {
  passing all = passing::yes;
  for (const json_value wanted : policy) {
    passing here = passing::no;
    if (wanted.key() == "$or" && wanted.is(json_kind::array)) {
      for (const json_value alternative : wanted) {
        here = std::max(here, passes_filter(alternative, message));
      }
    } else {
      here = member_passes(wanted, message.find(wanted.key()));
    }
    all = std::min(all, here);
  }
  return all;
}

}  // namespace trailbell::verify
