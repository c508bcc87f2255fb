// An EventBridge event pattern: members that all have to fit, each with a list of values of which
// one has to; `$or` for alternatives across members.
//
// Exact are equalities of text without a wildcard, or with one at the end, unless a number could
// stand there that is spelt like it; IS TRUE, IS FALSE and IS NULL; NOT EXISTS of what can only be
// a scalar, for `exists` looks at those. `anything-but` is none: it holds for null and true, !=
// does not. Numbers are none: a filter pattern takes the text "5" for the number 5 as well,
// EventBridge does not; both can be listed for =. A wildcard before the end is none: AWS's filters
// do not try again.
#include <algorithm>
#include <map>
#include <utility>

#include "detect/rule_convert.hpp"
#include "trailbell/base/text.hpp"
#include "trailbell/detect/record_shape.hpp"

namespace trailbell::detect {
namespace {

using path = std::vector<std::string>;

// One object of an event pattern.
struct shape {
  std::map<path, std::vector<std::string>> members;  // JSON values, of which one has to fit
  std::vector<shape> either;                         // $or
};

std::string json_text(std::string_view text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

// What may stand there in a record; null: nothing that CloudTrail writes.
const record_shape* shape_at(const path& where) {
  const record_shape* here = &cloudtrail_record();
  for (const std::string& name : where) {
    const member_shape* const member = here->find(name);
    here = member != nullptr ? &member->shape : here->closed ? nullptr : &any_value();
    if (here == nullptr) {
      break;
    }
  }
  return here;
}

bool may_be(const path& where, json_kind kind) {
  const record_shape* const here = shape_at(where);
  return here != nullptr && here->allows(kind);
}

bool begins_like_a_number(const std::string& text) {
  return !text.empty() && (text.front() == '-' || is_digit(text.front()));
}

class converter {
 public:
  std::optional<shape> shape_of(const condition_node<json_condition>& node) {
    if (node.kind == node_kind::leaf) {
      return leaf(node.leaf);
    }
    std::vector<shape> parts;
    for (const auto& part : node.parts) {
      std::optional<shape> one = shape_of(part);
      if (!one) {
        return std::nullopt;
      }
      parts.push_back(std::move(*one));
    }
    return node.kind == node_kind::all_of ? all(std::move(parts)) : any(std::move(parts));
  }

  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  std::nullopt_t fail(const std::string& what) {
    reason_ = "an event pattern cannot say exactly: " + what;
    return std::nullopt;
  }

  std::optional<std::vector<std::string>> values_of(const json_condition& condition,
                                                    const path& where) {
    if (const auto* const state = std::get_if<state_test>(&condition.test)) {
      switch (*state) {
        case state_test::is_null:
          return std::vector<std::string>{"null"};
        case state_test::is_true:
          return std::vector<std::string>{"true"};
        case state_test::is_false:
          return std::vector<std::string>{"false"};
        case state_test::not_exists:
          if (may_be(where, json_kind::object) || may_be(where, json_kind::array)) {
            return fail(to_text(condition));
          }
          return std::vector<std::string>{R"({"exists":false})"};
      }
    }
    const auto& test = std::get<comparison>(condition.test);
    const auto* const text = std::get_if<text_literal>(&test.value);
    if (test.op != comparison_operator::equal || text == nullptr ||
        (begins_like_a_number(text->pieces[0]) && may_be(where, json_kind::number))) {
      return fail(to_text(condition));
    }
    if (!text->has_wildcard()) {
      return std::vector<std::string>{json_text(text->pieces[0])};
    }
    if (text->pieces.size() == 2 && text->pieces[1].empty() && !text->pieces[0].empty()) {
      return std::vector<std::string>{"{\"prefix\":" + json_text(text->pieces[0]) + "}"};
    }
    return fail(to_text(condition));
  }

  std::optional<shape> leaf(const json_condition& condition) {
    std::optional<path> where = member_path(condition.where);
    if (!where) {
      return fail(to_text(condition));
    }
    auto values = values_of(condition, *where);
    if (!values) {
      return std::nullopt;
    }
    shape one;
    one.members[std::move(*where)] = std::move(*values);
    return one;
  }

  std::optional<shape> all(std::vector<shape> parts) {
    shape sum;
    for (shape& part : parts) {
      for (auto& [where, values] : part.members) {
        if (!sum.members.emplace(where, std::move(values)).second) {
          return fail("two conditions on " + where.back() + " that both have to hold");
        }
      }
      if (!part.either.empty() && !sum.either.empty()) {
        return fail("several groups of alternatives that all have to hold");
      }
      if (!part.either.empty()) {
        sum.either = std::move(part.either);
      }
    }
    return sum;
  }

  static std::optional<shape> any(std::vector<shape> parts) {
    shape sum;
    for (shape& part : parts) {
      const bool one_member = part.members.size() == 1 && part.either.empty();
      const auto same = std::find_if(sum.either.begin(), sum.either.end(), [&](const shape& other) {
        return one_member && other.either.empty() && other.members.size() == 1 &&
               other.members.begin()->first == part.members.begin()->first;
      });
      if (same == sum.either.end()) {
        sum.either.push_back(std::move(part));
        continue;
      }
      std::vector<std::string>& values = same->members.begin()->second;
      for (std::string& value : part.members.begin()->second) {
        if (std::find(values.begin(), values.end(), value) == values.end()) {
          values.push_back(std::move(value));
        }
      }
    }
    return sum.either.size() == 1 ? shape{std::move(sum.either.front())} : sum;
  }

  std::string reason_;
};

void append_members(const shape& one, std::size_t depth, std::string& out);

// Members that share the name at `depth` share an object.
void append_object(const std::map<path, std::vector<std::string>>& members, std::size_t depth,
                   std::string& out) {
  for (auto at = members.begin(); at != members.end();) {
    const std::string& name = at->first[depth];
    std::map<path, std::vector<std::string>> inner;
    out += (out.back() == '{' ? "" : ",") + json_text(name) + ":";
    for (; at != members.end() && at->first[depth] == name; ++at) {
      inner.insert(*at);
    }
    if (inner.size() == 1 && inner.begin()->first.size() == depth + 1) {
      out += "[";
      for (const std::string& value : inner.begin()->second) {
        out += (out.back() == '[' ? "" : ",") + value;
      }
      out += "]";
      continue;
    }
    out += "{";
    append_object(inner, depth + 1, out);
    out += "}";
  }
}

void append_members(const shape& one, std::size_t depth, std::string& out) {
  append_object(one.members, depth, out);
  if (one.either.empty()) {
    return;
  }
  out += out.back() == '{' ? "\"$or\":[" : ",\"$or\":[";
  for (const shape& part : one.either) {
    out += out.back() == '[' ? "{" : ",{";
    append_members(part, depth, out);
    out += "}";
  }
  out += "]";
}

// One member has both a value and members of its own: no object can say that.
bool is_nested_apart(const shape& one) {
  const path* before = nullptr;
  for (const auto& [where, values] : one.members) {
    if (before != nullptr && where.size() > before->size() &&
        std::equal(before->begin(), before->end(), where.begin())) {
      return false;
    }
    before = &where;
  }
  return std::all_of(one.either.begin(), one.either.end(), is_nested_apart);
}

}  // namespace

result<converted_rule> to_eventbridge(const pattern_rule& rule) {
  if (!rule.content().suppress.empty()) {
    return cannot_say("an event pattern has no 'suppress'; put its conditions into the pattern");
  }
  if (rule.content().threshold) {
    return cannot_say("an event pattern sees one event at a time: no 'threshold'");
  }
  const auto* const condition = condition_of(rule.content().pattern);
  if (condition == nullptr) {
    return cannot_say("an event pattern looks at members: only a JSON pattern, {...}, has them");
  }
  converter made;
  const std::optional<shape> fits = made.shape_of(*condition);
  if (!fits) {
    return cannot_say(made.reason());
  }
  if (!is_nested_apart(*fits)) {
    return cannot_say("conditions on a member and on what is inside it");
  }
  converted_rule converted;
  converted.text = "{\"detail-type\":[";
  converted.text += R"("AWS API Call via CloudTrail","AWS Console Sign In via CloudTrail",)";
  converted.text += R"("AWS Service Event via CloudTrail"],"detail":{)";
  append_members(*fits, 0, converted.text);
  converted.text += "}}\n";
  converted.notes = {
      "EventBridge sees management events of the region that it runs in (IAM's: us-east-1), and "
      "reads only with ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      "where a member is a list, EventBridge looks at its elements and a filter pattern does not"};
  return converted;
}

}  // namespace trailbell::detect
