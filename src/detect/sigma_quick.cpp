#include "detect/sigma_quick.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <variant>

namespace trailbell::detect {
namespace {

using verdict = std::optional<bool>;

// Of a text, where that is all that the field is.
struct of_text {
  std::string_view text;
  verdict operator()(const sigma_glob& test) const { return test.matches(text); }
  verdict operator()(const sigma_regex& test) const { return test.found_in(text); }
  verdict operator()(const sigma_null&) const { return false; }
  verdict operator()(const sigma_exists& test) const { return test.wanted; }
  verdict operator()(const sigma_number& test) const { return text == test.number.text; }
  template <class Other>
  verdict operator()(const Other&) const {
    return std::nullopt;
  }
};

// Of a field that is absent or null.
struct of_nothing {
  verdict operator()(const sigma_null&) const { return true; }
  verdict operator()(const sigma_exists&) const { return std::nullopt; }
  verdict operator()(const sigma_reference&) const { return std::nullopt; }
  template <class Other>
  verdict operator()(const Other&) const {
    return false;
  }
};

// All of the parts, or one of them.
template <class Parts, class Of>
verdict joined(const Parts& parts, bool all, const Of& of_part) {
  bool known = true;
  for (const auto& part : parts) {
    const verdict one = of_part(part);
    if (one == !all) {
      return !all;
    }
    known = known && one.has_value();
  }
  return known ? verdict{all} : std::nullopt;
}

// A key with a dot in it, behind any name of a nested path, may be another way to the field. Looked
// for from letters that are rare.
bool may_have_other_ways(const record_fields& fields) noexcept {
  constexpr std::array<std::string_view, 4> signs{"Identity.", "Context.", "Issuer.", "\\u"};
  return std::any_of(signs.begin(), signs.end(), [&fields](std::string_view sign) {
    return fields.raw.find(sign) != std::string_view::npos;
  });
}

}  // namespace

sigma_quick::sigma_quick(const sigma_rule::content& of) : condition_{of.condition} {
  for (const sigma_selection& one : of.selections) {
    selection& made = selections_.emplace_back();
    for (const std::vector<sigma_item>& items : one.any_of) {
      std::vector<leaf>& leaves = made.emplace_back();
      for (const sigma_item& item : items) {
        leaves.push_back({&item, find_quick_field(item.path)});
      }
    }
  }
}

verdict sigma_quick::holds(const record_fields& fields) const {
  return holds(condition_, fields);
}

verdict sigma_quick::holds(const sigma_node& node, const record_fields& fields) const {
  switch (node.kind) {
    case sigma_node_kind::selection:
      return joined(selections_[node.selection], false, [&](const std::vector<leaf>& leaves) {
        return joined(leaves, true, [&](const leaf& one) { return holds(one, fields); });
      });
    case sigma_node_kind::negation: {
      const verdict inner = holds(node.parts.front(), fields);
      return inner ? verdict{!*inner} : std::nullopt;
    }
    case sigma_node_kind::all_of:
    case sigma_node_kind::any_of:
      break;
  }
  return joined(node.parts, node.kind == sigma_node_kind::all_of,
                [&](const sigma_node& part) { return holds(part, fields); });
}

verdict sigma_quick::holds(const leaf& one, const record_fields& fields) {
  if (one.field == nullptr) {
    return std::nullopt;
  }
  const text_view text = one.field->read(fields);
  const bool nothing = one.field->of_error && !fields.failed;
  if ((!text && !nothing) || (one.field->nested && may_have_other_ways(fields))) {
    return std::nullopt;
  }
  const verdict found =
      joined(one.item->values, one.item->all, [&](const sigma_alternatives& alternatives) {
        return joined(alternatives, false, [&](const sigma_test& test) {
          return text ? std::visit(of_text{*text}, test) : std::visit(of_nothing{}, test);
        });
      });
  return found ? verdict{*found != one.item->negated} : std::nullopt;
}

}  // namespace trailbell::detect
