#include "verify/resource_policy.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "trailbell/base/text.hpp"
#include "trailbell/decode/json_reader.hpp"

namespace trailbell::verify {
namespace {

enum class holds : std::uint8_t { no, maybe, yes };

holds both(holds a, holds b) noexcept {
  return std::min(a, b);
}
holds either(holds a, holds b) noexcept {
  return std::max(a, b);
}

// A text, or a list of texts.
std::vector<std::string_view> texts_of(json_value value) {
  std::vector<std::string_view> all;
  if (value.is(json_kind::array)) {
    for (const json_value item : value) {
      all.push_back(item.text());
    }
  } else if (value.is(json_kind::boolean)) {
    all.emplace_back(value.truth() ? "true" : "false");
  } else {
    all.push_back(value.text());
  }
  return all;
}

bool any_matches(json_value patterns, std::string_view text, bool ignore_case) {
  const std::vector<std::string_view> all = texts_of(patterns);
  return std::any_of(all.begin(), all.end(), [&](std::string_view pattern) {
    return matches_wildcard(pattern, text, ignore_case);
  });
}

// A member, or its opposite where only that is there; neither: it holds.
holds listed_or_not(json_value statement, std::string_view key, std::string_view text,
                    bool ignore_case) {
  if (const auto value = statement.find(key)) {
    return any_matches(*value, text, ignore_case) ? holds::yes : holds::no;
  }
  if (const auto value = statement.find("Not" + std::string{key})) {
    return any_matches(*value, text, ignore_case) ? holds::no : holds::yes;
  }
  return holds::yes;
}

bool names_account(std::string_view principal, std::string_view account) {
  return principal == account ||
         (split_arn(principal).account == account && split_arn(principal).resource == "root");
}

holds principal_is(json_value statement, const service_request& request) {
  const auto principal = statement.find("Principal");
  if (!principal) {
    return statement.find("NotPrincipal") ? holds::maybe : holds::no;
  }
  if (!principal->is(json_kind::object)) {
    return principal->text() == "*" ? holds::yes : holds::no;
  }
  if (const auto services = principal->find("Service")) {
    for (const std::string_view service : texts_of(*services)) {
      if (service == request.service || service == "*") {
        return holds::yes;
      }
    }
  }
  if (const auto accounts = principal->find("AWS")) {
    for (const std::string_view one : texts_of(*accounts)) {
      if (one == "*" || (request.account_counts && names_account(one, request.account))) {
        return holds::yes;
      }
    }
  }
  return holds::no;
}

// The value of a condition key in this request; nothing where it is not known here.
std::optional<std::string_view> key_value(std::string_view key, const service_request& request) {
  const std::string folded = fold_ascii(key);
  if (folded == "aws:sourcearn") {
    return request.source_arn;
  }
  if (folded == "aws:sourceaccount" || folded == "aws:sourceowner") {
    return request.account;
  }
  return folded == "aws:securetransport" ? std::optional<std::string_view>{"true"} : std::nullopt;
}

holds condition_is(std::string_view test, std::string_view key, json_value wanted,
                   const service_request& request) {
  if (test.ends_with("IfExists")) {
    test.remove_suffix(8);
  }
  const std::optional<std::string_view> value = key_value(key, request);
  if (!value) {
    return holds::maybe;
  }
  const bool negated = test.find("Not") != std::string_view::npos;
  const bool known = test == "StringEquals" || test == "StringNotEquals" || test == "StringLike" ||
                     test == "StringNotLike" || test == "ArnEquals" || test == "ArnNotEquals" ||
                     test == "ArnLike" || test == "ArnNotLike" || test == "Bool" ||
                     test == "StringEqualsIgnoreCase";
  if (!known) {
    return holds::maybe;
  }
  const bool exact = test.starts_with("String") && test.find("Like") == std::string_view::npos;
  const std::vector<std::string_view> all = texts_of(wanted);
  const bool equal = std::any_of(all.begin(), all.end(), [&](std::string_view one) {
    return exact && test != "StringEqualsIgnoreCase" ? one == *value
                                                     : matches_wildcard(one, *value, !exact);
  });
  return equal != negated ? holds::yes : holds::no;
}

holds conditions_hold(json_value statement, const service_request& request) {
  holds all = holds::yes;
  if (const auto conditions = statement.find("Condition")) {
    for (const json_value test : *conditions) {
      for (const json_value key : test) {
        all = both(all, condition_is(test.key(), key.key(), key, request));
      }
    }
  }
  return all;
}

holds applies(json_value statement, const service_request& request) {
  holds all = principal_is(statement, request);
  all = both(all, listed_or_not(statement, "Action", request.action, true));
  all = both(all, listed_or_not(statement, "Resource", request.resource, false));
  return both(all, conditions_hold(statement, request));
}

}  // namespace

bool matches_wildcard(std::string_view pattern, std::string_view text, bool ignore_case) noexcept {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  const auto same = [ignore_case](char a, char b) {
    return a == b || (ignore_case && fold_ascii(a) == fold_ascii(b));
  };
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || same(pattern[p], text[t]))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

permission permission_of(std::string_view policy, const service_request& request) {
  decode::json_reader reader;
  json_tree tree;
  if (!reader.read(policy, tree) || !tree.root().is(json_kind::object)) {
    return permission::unknown;
  }
  const auto statements = tree.root().find("Statement");
  if (!statements) {
    return permission::unknown;
  }
  holds allow = holds::no;
  holds deny = holds::no;
  const auto look_at = [&](json_value statement) {
    const auto effect = statement.find("Effect");
    holds& all = effect && effect->text() == "Deny" ? deny : allow;
    all = either(all, applies(statement, request));
  };
  if (statements->is(json_kind::array)) {
    for (const json_value statement : *statements) {
      look_at(statement);
    }
  } else {
    look_at(*statements);
  }
  if (deny == holds::yes || allow == holds::no) {
    return permission::refused;
  }
  return deny == holds::maybe || allow == holds::maybe ? permission::unknown : permission::allowed;
}

}  // namespace trailbell::verify
