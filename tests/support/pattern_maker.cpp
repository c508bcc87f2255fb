#include "support/pattern_maker.hpp"

#include <array>

#include "trailbell/base/text.hpp"
#include "trailbell/detect/filter_pattern.hpp"
#include "trailbell/detect/iam_policy_events.hpp"

namespace trailbell::test {
namespace {

constexpr std::array<std::string_view, 22> selectors{
    "$.errorCode",
    "$.errorMessage",
    "$.userIdentity",
    "$.userIdentity.type",
    "$.userIdentity.arn",
    "$.userAgent",
    "$.requestParameters",
    "$.requestParameters.a",
    "$.requestParameters.a.b",
    "$.requestParameters.a[0]",
    "$.requestParameters.a[1]",
    "$.requestParameters.b",
    "$.requestParameters.b",
    "$.resources[0].type",
    "$.resources[1].type",
    "$.readOnly",
    "$.unheard",
    "$.requestParameters.a[*]",
    "$.requestParameters.*",
    "$.resources[*].type",
    "$.userIdentity.*",
    "$.*",
};
constexpr std::size_t first_wildcard = 17;

constexpr std::array<std::string_view, 12> values{"a", "b",     "ab", "a*",   "*b",        "*a*",
                                                  "*", "\"1\"", "1*", "%^a%", "%[ab]1?$%", "\"\""};
constexpr std::array<std::string_view, 7> numbers{"0", "1", "2", "1.5", "-1", "10", "1e0"};
constexpr std::array<std::string_view, 6> operators{" = ", " != ", " < ", " <= ", " > ", " >= "};
constexpr std::array<std::string_view, 8> texts{"", "a", "b", "ab", "aab", "1", "ba", "1.0"};
constexpr std::array<std::string_view, 9> json_numbers{"0",  "1",   "2",  "1.5",  "-1",
                                                       "10", "1.0", "99", "1e309"};
constexpr std::array<std::string_view, 12> names{"Create*",  "Put*",    "De*",      "*Version",
                                                 "*Policy",  "*Group*", "*Role*",   "*User*",
                                                 "%^[A-D]%", "*",       "%Policy%", "Attach*"};
constexpr std::array<std::string_view, 12> words{
    "Policy", "Create", "a", "Put",      "User",           "Role",
    "alice",  "1.5",    "b", "readOnly", "\"\\\"a\\\":\"", "\"},\""};

}  // namespace

std::string pattern_maker::leaf() {
  if (one_in(3)) {
    const std::string value = one_in(2) ? any(names) : any(detect::iam_policy_events);
    if (value.front() != '%' || ++regexes_ <= 2) {
      return "$.eventName" + any(std::array{" = ", " = ", " != "}) + value;
    }
  }
  std::size_t at = below(selectors.size());
  if (at >= first_wildcard && ++wildcards_ > 3) {
    at = below(first_wildcard);
  }
  const std::string where{selectors[at]};
  switch (below(8)) {
    case 0:
      return where + " IS NULL";
    case 1:
      return where + (one_in(2) ? " IS TRUE" : " IS FALSE");
    case 2:
    case 3:
      return where + " NOT EXISTS";
    case 4:
      return where + any(operators) + any(numbers);
    default:
      break;
  }
  std::string value = any(values);
  if (value.front() == '%' && ++regexes_ > 2) {
    value = "a*";
  }
  return where + (one_in(2) ? " = " : " != ") + value;
}

std::string pattern_maker::condition(int depth) {
  if (depth == 0 || one_in(4)) {
    return leaf();
  }
  const std::string joint = one_in(3) ? " && " : " || ";
  std::string out = "(" + condition(depth - 1) + ")";
  for (std::size_t n = below(4); n > 0; --n) {
    out += joint + "(" + condition(depth - 1) + ")";
  }
  return out;
}

std::string pattern_maker::terms() {
  std::string out;
  const bool optional = one_in(3);
  for (std::size_t n = 1 + below(3); n > 0; --n) {
    out += (out.empty() ? "" : " ") +
           std::string{optional    ? "?"
                       : one_in(3) ? "-"
                                   : ""} +
           any(words);
  }
  return out;
}

std::string pattern_maker::pattern() {
  regexes_ = 0;
  wildcards_ = 0;
  if (one_in(12)) {
    return terms();
  }
  return "{ " + condition(2) + " }";
}

std::vector<std::string> pattern_maker::pattern_set() {
  std::vector<std::string> set;
  const std::size_t size = 1 + below(4);
  while (set.size() < size) {
    std::string next = pattern();
    if (detect::filter_pattern::parse(next)) {
      set.push_back(std::move(next));
    }
  }
  return set;
}

std::string pattern_maker::text_value() {
  std::string out;
  append_json_text(any(texts), out);
  return out;
}

std::string pattern_maker::value(int depth) {
  switch (below(depth > 0 ? 8 : 5)) {
    case 0:
      return "null";
    case 1:
      return one_in(2) ? "true" : "false";
    case 2:
      return any(json_numbers);
    case 5:
    case 6: {
      std::string out;
      for (std::size_t n = below(4); n > 0; --n) {
        out += (out.empty() ? "" : ",") + value(depth - 1);
      }
      return "[" + out + "]";
    }
    case 7: {
      std::string out;
      for (const std::string_view name : {"a", "b", "c"}) {
        if (one_in(2)) {
          out += (out.empty() ? "\"" : ",\"") + std::string{name} + "\":" + value(depth - 1);
        }
      }
      return "{" + out + "}";
    }
    default:
      return text_value();
  }
}

std::string pattern_maker::record(std::string_view name) {
  std::string out = "{";
  const auto add = [&out](std::string_view key, const std::string& json) {
    out += (out.size() > 1 ? ",\"" : "\"") + std::string{key} + "\":" + json;
  };
  if (one_in(2)) {
    std::string identity;
    for (const std::string_view key : {"type", "arn", "userName"}) {
      if (one_in(2)) {
        identity += (identity.empty() ? "\"" : ",\"") + std::string{key} + "\":" + text_value();
      }
    }
    add("userIdentity", "{" + identity + "}");
  }
  add("eventSource", "\"iam.amazonaws.com\"");
  add("eventName",
      "\"" + (name.empty() ? any(detect::iam_policy_events) : std::string{name}) + "\"");
  for (const std::string_view key : {"userAgent", "errorCode", "errorMessage"}) {
    if (one_in(3)) {
      add(key, text_value());
    }
  }
  if (!one_in(3)) {
    std::string parameters;
    for (const std::string_view key : {"a", "b"}) {
      if (one_in(2)) {
        parameters += (parameters.empty() ? "\"" : ",\"") + std::string{key} + "\":" + value(2);
      }
    }
    add("requestParameters", one_in(5) ? "null" : "{" + parameters + "}");
  }
  add("readOnly", "false");
  if (one_in(2)) {
    std::string resources;
    for (std::size_t n = below(3); n > 0; --n) {
      resources += (resources.empty() ? "{" : ",{") +
                   (one_in(4) ? std::string{} : "\"type\":" + text_value()) + "}";
    }
    add("resources", "[" + resources + "]");
  }
  add("eventType", "\"AwsApiCall\"");
  add("managementEvent", "true");
  add("eventCategory", "\"Management\"");
  return out + "}";
}

}  // namespace trailbell::test
