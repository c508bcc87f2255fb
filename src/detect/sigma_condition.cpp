#include "detect/sigma_condition.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "trailbell/base/limits.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

struct word {
  std::string_view text;  // empty: the end
  std::size_t at = 0;
};

class parser {
 public:
  parser(const sigma_reading& in, const yaml_node& source, std::vector<sigma_name>& names)
      : in_{in}, source_{source}, names_{names} {
    advance();
  }

  std::optional<sigma_node> parse() {
    const std::size_t bar = source_.text.find('|');
    if (bar != std::string::npos) {
      return fail(bar, "an aggregation behind '|', which Sigma 2 does not have any more",
                  "write a correlation rule, which counts what this one finds");
    }
    std::optional<sigma_node> node = joined(sigma_node_kind::any_of, 0);
    if (node && !next_.text.empty()) {
      return fail(next_.at,
                  next_.text == ")" ? "a bracket that nothing opened"
                                    : "neither 'and' nor 'or' in front of " + in_quotes(next_.text),
                  next_.text == ")" ? "remove it" : "write one of them");
    }
    return node;
  }

 private:
  std::nullopt_t fail(std::size_t at, std::string what, std::string remedy) {
    if (!failed_) {
      in_.problem(in_.file.place_in(source_, at), std::move(what), std::move(remedy));
    }
    failed_ = true;
    return std::nullopt;
  }

  void advance() {
    const std::string_view text = source_.text;
    while (end_ < text.size() && is_white(text[end_])) {
      ++end_;
    }
    const std::size_t begin = end_;
    const auto is_bracket = [](char c) { return c == '(' || c == ')'; };
    if (end_ < text.size() && is_bracket(text[end_])) {
      ++end_;
    } else {
      while (end_ < text.size() && !is_white(text[end_]) && !is_bracket(text[end_])) {
        ++end_;
      }
    }
    next_ = {text.substr(begin, end_ - begin), begin};
  }

  // The word, in any case.
  [[nodiscard]] bool is_next(std::string_view keyword) const {
    return equal_folded(next_.text, keyword);
  }

  std::optional<sigma_node> joined(sigma_node_kind kind, std::size_t depth) {
    const bool any = kind == sigma_node_kind::any_of;
    const auto part = [&] { return any ? joined(sigma_node_kind::all_of, depth) : negated(depth); };
    std::optional<sigma_node> first = part();
    if (!first || !is_next(any ? "or" : "and")) {
      return first;
    }
    sigma_node node{kind, 0, {}};
    node.parts.push_back(std::move(*first));
    while (is_next(any ? "or" : "and")) {
      advance();
      std::optional<sigma_node> more = part();
      if (!more) {
        return std::nullopt;
      }
      node.parts.push_back(std::move(*more));
    }
    return node;
  }

  std::optional<sigma_node> negated(std::size_t depth) {
    if (depth > limits::sigma_condition_depth_max) {
      return fail(next_.at, "this condition is nested too deeply",
                  "remove brackets or split the rule");
    }
    if (!is_next("not")) {
      return operand(depth);
    }
    advance();
    std::optional<sigma_node> inner = negated(depth + 1);
    if (!inner) {
      return std::nullopt;
    }
    sigma_node node{sigma_node_kind::negation, 0, {}};
    node.parts.push_back(std::move(*inner));
    return node;
  }

  std::optional<sigma_node> operand(std::size_t depth) {
    const word here = next_;
    if (here.text.empty() || here.text == ")" || is_next("and") || is_next("or")) {
      return fail(here.at, "a selection is missing here", "write its name");
    }
    advance();
    if (here.text == "(") {
      std::optional<sigma_node> inner = joined(sigma_node_kind::any_of, depth + 1);
      if (inner && next_.text != ")") {
        return fail(here.at, "this bracket is not closed", "close it");
      }
      advance();
      return inner;
    }
    if (is_next("of")) {
      advance();
      return quantified(here);
    }
    const auto found = std::find_if(names_.begin(), names_.end(), [&here](const sigma_name& known) {
      return known.name == here.text;
    });
    if (found == names_.end()) {
      return fail(here.at, "no selection has the name " + in_quotes(here.text),
                  nearest_to(here.text));
    }
    found->used = true;
    return sigma_node{
        sigma_node_kind::selection, static_cast<std::size_t>(found - names_.begin()), {}};
  }

  // `1 of them`, `all of selection_*`
  std::optional<sigma_node> quantified(const word& quantity) {
    const bool all = equal_folded(quantity.text, "all");
    if (!all && quantity.text != "1" && !equal_folded(quantity.text, "any")) {
      return fail(quantity.at, in_quotes(quantity.text) + " of some selections",
                  "Sigma has '1 of', 'any of' and 'all of'");
    }
    const word which = next_;
    if (which.text.empty() || which.text == "(" || which.text == ")") {
      return fail(which.at, "behind 'of' stands 'them' or a name with wildcards",
                  "write '1 of selection_*', say");
    }
    advance();
    const bool them = equal_folded(which.text, "them");
    sigma_text pattern = read_sigma_text(them ? "*" : which.text);
    const sigma_glob wanted{pattern, letter_case::kept};
    sigma_node node{all ? sigma_node_kind::all_of : sigma_node_kind::any_of, 0, {}};
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const bool aside = names_[i].name.starts_with('_') && !which.text.starts_with('_');
      if (!aside && wanted.matches(names_[i].name)) {
        names_[i].used = true;
        node.parts.push_back({sigma_node_kind::selection, i, {}});
      }
    }
    if (node.parts.empty()) {
      return fail(which.at, "no selection fits " + in_quotes(which.text),
                  "correct the name, or remove this part");
    }
    return node;
  }

  [[nodiscard]] std::string nearest_to(std::string_view name) const {
    std::vector<std::string_view> known;
    known.reserve(names_.size());
    for (const sigma_name& one : names_) {
      known.emplace_back(one.name);
    }
    const std::string_view near = nearest(name, known);
    return did_you_mean(near, "add that selection, or correct the name");
  }

  const sigma_reading& in_;
  const yaml_node& source_;
  std::vector<sigma_name>& names_;
  std::size_t end_ = 0;
  word next_;
  bool failed_ = false;
};

}  // namespace

std::optional<sigma_node> read_sigma_condition(const sigma_reading& in, const yaml_node& condition,
                                               std::vector<sigma_name>& names) {
  const bool list = condition.kind == yaml_kind::sequence;
  sigma_node any{sigma_node_kind::any_of, 0, {}};
  bool sound = true;
  for (std::size_t i = 0; i < (list ? condition.items.size() : 1); ++i) {
    const yaml_node& one = list ? condition.items[i] : condition;
    if (one.kind != yaml_kind::scalar || one.type() == yaml_type::null) {
      in.problem(one.at, std::string{"a condition is a text, and here stands "} + name_of(one),
                 "write 'condition: selection', say");
      sound = false;
      continue;
    }
    std::optional<sigma_node> node = parser{in, one, names}.parse();
    sound = sound && node;
    if (node) {
      any.parts.push_back(std::move(*node));
    }
  }
  if (list && condition.items.empty()) {
    in.problem(condition.at, "an empty list of conditions", "write one");
    sound = false;
  }
  if (!sound) {
    return std::nullopt;
  }
  return any.parts.size() == 1 ? std::move(any.parts.front()) : std::move(any);
}

}  // namespace trailbell::detect
