#include "trailbell/detect/filter_pattern.hpp"

#include <algorithm>

#include "detect/filter_evaluator.hpp"
#include "detect/filter_parser.hpp"
#include "detect/filter_visit.hpp"

namespace trailbell::detect {
namespace {

// Hands out every regular expression of a pattern.
template <class Take>
struct regex_finder {
  Take take;
  void of(const comparison& test) const {
    if (const auto* regex = std::get_if<regex_literal>(&test.value)) {
      take(*regex);
    }
  }
  void operator()(const match_all_pattern&) const {}
  void operator()(const term_pattern&) const {}
  void operator()(const regex_pattern& alone) const { take(alone.regex); }
  void operator()(const json_pattern& json) const {
    each_leaf(json.condition, [this](const json_condition& leaf) {
      if (const auto* test = std::get_if<comparison>(&leaf.test)) {
        of(*test);
      }
    });
  }
  void operator()(const field_pattern& pattern) const {
    for (const field& part : pattern.fields) {
      if (part.condition) {
        each_leaf(*part.condition, [this](const comparison& leaf) { of(leaf); });
      }
    }
  }
};

struct evaluator {
  const filter_program& program;
  const event_view& event;

  bool operator()(const match_all_pattern&) const { return true; }
  bool operator()(const term_pattern& pattern) const {
    const auto occurs = [this](const term& t) {
      return event.text.find(t.text) != std::string_view::npos;
    };
    if (pattern.all_optional()) {
      return std::any_of(pattern.terms.begin(), pattern.terms.end(), occurs);
    }
    return std::all_of(pattern.terms.begin(), pattern.terms.end(), [&](const term& t) {
      return t.role == term_role::optional || occurs(t) == (t.role == term_role::required);
    });
  }
  bool operator()(const json_pattern& pattern) const {
    if (event.json == nullptr || event.json->empty() || !event.json->root().is(json_kind::object)) {
      return false;
    }
    return tree_holds(pattern.condition, [this](const json_condition& leaf) {
      return condition_holds(program, leaf, event.json->root());
    });
  }
  bool operator()(const field_pattern& pattern) const {
    return all_fields(pattern, event.text, [this](const field& part, std::string_view text) {
      return !part.condition || tree_holds(*part.condition, [&](const comparison& leaf) {
        return compare_field(program, leaf, text);
      });
    });
  }
  bool operator()(const regex_pattern& alone) const {
    return program.regex_at(alone.regex.at).found_in(event.text);
  }
};

}  // namespace

std::string pattern_error::message() const {
  std::string out = "column " + std::to_string(offset + 1) + ": " + reason;
  if (!suggestion.empty()) {
    out += "; " + suggestion;
  }
  return out;
}

result<filter_pattern, pattern_error> filter_pattern::parse(std::string_view text) {
  result<filter_syntax, pattern_error> syntax = parse_filter(text);
  if (!syntax) {
    return syntax.failure();
  }
  auto program = std::make_shared<compiled>(text, std::move(syntax.value()));
  const auto compile = [&program](const regex_literal& regex) {
    program->regexes.emplace_back(regex.at.value, compiled_regex{regex.source});
  };
  std::visit(regex_finder<decltype(compile)>{compile}, program->syntax.pattern);
  return filter_pattern{std::move(program)};
}

const std::string& filter_pattern::text() const noexcept {
  return compiled_->text;
}

const filter_syntax& filter_pattern::syntax() const noexcept {
  return compiled_->syntax;
}

bool filter_pattern::matches(const event_view& event) const {
  return std::visit(evaluator{*compiled_, event}, compiled_->syntax.pattern);
}

}  // namespace trailbell::detect
