// A Sigma rule: each condition a search of its own, joined by the condition line.
//
// Exact are equalities of text without a wildcard, or with one at the end, all with `cased`, and
// IS NULL, IS TRUE, IS FALSE, NOT EXISTS. `!=` is none: in Sigma `not` holds for a member that is
// missing, too. Numbers are none: see rule_to_eventbridge.cpp. Sigma has texts only, and asks each
// element of a list: where CloudTrail's reference does not say that a member is a text (a boolean)
// and nothing else, a note says so.
#include <algorithm>
#include <utility>

#include "detect/rule_convert.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/detect/record_shape.hpp"

namespace trailbell::detect {
namespace {

// A YAML text in double quotes: JSON's are such.
std::string quoted(std::string_view text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

// `*`, `?` and the backslash mean something in Sigma.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '*' || c == '?' || c == '\\') {
      out.push_back('\\');
    }
    out.push_back(c);
  }
  return out;
}

// Whether CloudTrail's reference has that kind only, or null, at the path, and no list above it.
bool is_always(json_kind kind, const std::vector<std::string>& path) {
  const record_shape* at = &cloudtrail_record();
  for (const std::string& name : path) {
    const member_shape* const member = at->closed ? at->find(name) : nullptr;
    if (member == nullptr) {
      return false;
    }
    at = &member->shape;
    const bool last = &name == &path.back();
    for (const json_kind other : {json_kind::boolean, json_kind::number, json_kind::text,
                                  json_kind::array, json_kind::object}) {
      const bool harmless = last ? other == kind : other != json_kind::array;
      if (at->allows(other) && !harmless) {
        return false;
      }
    }
  }
  return true;
}

// The same of a member that may be anything.
bool is_reached_once(std::vector<std::string> path) {
  path.pop_back();
  return path.empty() || is_always(json_kind::object, path);
}

struct search {
  std::string field;                // with its modifiers
  std::vector<std::string> values;  // YAML
};

class converter {
 public:
  // The condition line's part for the tree; empty where it cannot be said.
  std::string expression(const condition_node<json_condition>& node) {
    if (node.kind == node_kind::leaf) {
      std::optional<search> one = search_of(node.leaf);
      return one ? name_of(std::move(*one)) : "";
    }
    std::vector<std::string> parts;
    std::vector<search> merged;
    for (const auto& part : node.parts) {
      if (node.kind == node_kind::any_of && part.kind == node_kind::leaf) {
        std::optional<search> one = search_of(part.leaf);
        if (!one) {
          return "";
        }
        merge(std::move(*one), merged);
        continue;
      }
      parts.push_back(expression(part));
      if (parts.back().empty()) {
        return "";
      }
    }
    for (search& one : merged) {
      parts.push_back(name_of(std::move(one)));
    }
    std::string out;
    for (const std::string& part : parts) {
      out += (out.empty() ? "" : node.kind == node_kind::all_of ? " and " : " or ") + part;
    }
    return parts.size() == 1 ? out : "(" + out + ")";
  }

  [[nodiscard]] const std::vector<search>& searches() const noexcept { return searches_; }
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }
  // Fields whose values may be such that Sigma holds where the pattern does not.
  [[nodiscard]] const std::vector<std::string>& loose() const noexcept { return loose_; }

 private:
  std::nullopt_t fail(const std::string& what) {
    reason_ = "Sigma cannot say exactly: " + what;
    return std::nullopt;
  }

  static void merge(search one, std::vector<search>& into) {
    const auto same = std::find_if(into.begin(), into.end(),
                                   [&one](const search& s) { return s.field == one.field; });
    if (same == into.end()) {
      into.push_back(std::move(one));
    } else {
      same->values.push_back(std::move(one.values.front()));
    }
  }

  std::string name_of(search one) {
    searches_.push_back(std::move(one));
    return "sel" + std::to_string(searches_.size());
  }

  std::optional<search> search_of(const json_condition& condition) {
    const auto path = member_path(condition.where);
    if (!path) {
      return fail(to_text(condition));
    }
    std::string field;
    for (const std::string& name : *path) {
      if (name.find_first_of(".|") != std::string::npos) {
        return fail("the member name " + name);
      }
      field += (field.empty() ? "" : ".") + name;
    }
    const auto* const state = std::get_if<state_test>(&condition.test);
    const bool exact =
        state != nullptr && *state == state_test::not_exists
            ? is_reached_once(*path)
            : is_always(state != nullptr ? json_kind::boolean : json_kind::text, *path);
    if (!exact && std::find(loose_.begin(), loose_.end(), field) == loose_.end()) {
      loose_.push_back(field);
    }
    if (state != nullptr) {
      switch (*state) {
        case state_test::not_exists:
          return search{field + "|exists", {"false"}};
        case state_test::is_true:
          return search{field, {"true"}};
        case state_test::is_false:
          return search{field, {"false"}};
        case state_test::is_null:
          return fail(to_text(condition) + " (null in Sigma is a missing member, too)");
      }
    }
    const auto& test = std::get<comparison>(condition.test);
    const auto* const text = std::get_if<text_literal>(&test.value);
    if (test.op != comparison_operator::equal || text == nullptr) {
      return fail(to_text(condition));
    }
    if (!text->has_wildcard()) {
      return search{field + "|cased", {quoted(escaped(text->pieces[0]))}};
    }
    if (text->pieces.size() == 2 && text->pieces[1].empty() && !text->pieces[0].empty()) {
      return search{field + "|startswith|cased", {quoted(escaped(text->pieces[0]))}};
    }
    return fail(to_text(condition));
  }

  std::vector<search> searches_;
  std::vector<std::string> loose_;
  std::string reason_;
};

void append_list(const char* key, const std::vector<std::string>& values, std::string& out) {
  if (values.empty()) {
    return;
  }
  out += std::string{key} + ":\n";
  for (const std::string& value : values) {
    out += "  - " + quoted(value) + "\n";
  }
}

void append_searches(const std::vector<search>& searches, std::string& out) {
  for (std::size_t i = 0; i < searches.size(); ++i) {
    out += "  sel" + std::to_string(i + 1) + ":\n    " + searches[i].field + ":";
    if (searches[i].values.size() == 1) {
      out += " " + searches[i].values.front() + "\n";
      continue;
    }
    out += "\n";
    for (const std::string& value : searches[i].values) {
      out += "      - " + value + "\n";
    }
  }
}

}  // namespace

result<converted_rule> to_sigma(const pattern_rule& rule) {
  const pattern_rule::parts& content = rule.content();
  const rule_info::texts& info = rule.info().text();
  if (content.threshold) {
    return cannot_say("a Sigma rule sees one event at a time: 'threshold' needs a correlation");
  }
  converter made;
  std::string condition;
  const auto add = [&](const filter_pattern& pattern, const char* join) {
    const auto* const tree = condition_of(pattern);
    const std::string part = tree == nullptr ? "" : made.expression(*tree);
    condition += join + part;
    return !part.empty();
  };
  bool sayable = add(content.pattern, "");
  for (std::size_t i = 0; sayable && i < content.suppress.size(); ++i) {
    sayable = add(content.suppress[i], " and not ");
  }
  if (!sayable) {
    return cannot_say(made.reason().empty()
                          ? "Sigma looks at members: only a JSON pattern, {...}, has them"
                          : made.reason());
  }
  converted_rule converted;
  std::string& out = converted.text;
  out = "title: " + quoted(info.title) + "\nname: " + quoted(info.id) + "\nstatus: stable\n";
  if (!info.description.empty()) {
    out += "description: " + quoted(info.description) + "\n";
  }
  append_list("references", info.references, out);
  append_list("tags", info.tags, out);
  out += "logsource:\n  product: aws\n  service: cloudtrail\ndetection:\n";
  append_searches(made.searches(), out);
  out += "  condition: " + condition + "\n";
  append_list("falsepositives", info.false_positives, out);
  severity level = content.severities.front().is;
  for (const severity_case& one : content.severities) {
    level = std::max(level, one.is);
  }
  out += "level: " + std::string{to_string(level)} + "\n";
  if (content.severities.size() > 1) {
    converted.notes.emplace_back("Sigma has one level: it is the highest of 'severity'");
  }
  if (!made.loose().empty()) {
    converted.notes.push_back(
        "not exact where CloudTrail may have a list, a boolean, a number or "
        "an object: Sigma compares their texts, a pattern does not: " +
        comma_separated(made.loose()));
  }
  return converted;
}

}  // namespace trailbell::detect
