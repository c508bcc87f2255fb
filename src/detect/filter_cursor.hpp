// filter_cursor: a pattern's text, read from left to right, and the first thing that was wrong.
//
// What the parsers of the pattern kinds share: blanks, literals, the tree of && and ||, and the
// limits that hold for the pattern as a whole.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "detect/filter_text.hpp"
#include "trailbell/detect/filter_pattern.hpp"
#include "trailbell/detect/filter_syntax.hpp"

namespace trailbell::detect {

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view upper) noexcept;

class filter_cursor {
 public:
  explicit filter_cursor(std::string_view text) noexcept : text_{text} {}

  [[nodiscard]] std::size_t at() const noexcept { return at_; }
  [[nodiscard]] bool at_end() const noexcept { return at_ >= text_.size(); }
  [[nodiscard]] char peek(std::size_t ahead = 0) const noexcept {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  [[nodiscard]] std::string_view rest() const noexcept { return text_.substr(at_); }
  [[nodiscard]] std::string_view since(std::size_t begin) const noexcept {
    return text_.substr(begin, at_ - begin);
  }
  void skip(std::size_t bytes = 1) noexcept { at_ += bytes; }
  bool skip_blanks() noexcept;  // whether there were any
  bool take(std::string_view what) noexcept;
  // The longest run of bytes for which `belongs` holds.
  template <class Belongs>
  [[nodiscard]] std::string_view take_while(Belongs belongs) noexcept {
    const std::size_t begin = at_;
    while (at_ < text_.size() && belongs(text_[at_])) {
      ++at_;
    }
    return since(begin);
  }

  // Remembers the first failure. Always gives nothing, for a parser to return.
  std::nullopt_t fail(std::size_t offset, std::string reason, std::string suggestion = {});
  std::nullopt_t fail_here(std::string reason, std::string suggestion = {}) {
    return fail(at_, std::move(reason), std::move(suggestion));
  }
  [[nodiscard]] const std::optional<pattern_error>& failure() const noexcept { return failure_; }

  // From the opening quote; `\"` and `\\` stand for the character behind the backslash.
  std::optional<std::string> quoted_text();
  // From the opening %; counts towards the pattern's two.
  std::optional<regex_literal> regex();
  // `= "x"`, `>= 4`, from the operator.
  std::optional<comparison> comparison_here();
  // The single & or |, the word AND or OR, where && or || was meant.
  std::nullopt_t fail_connective();

 private:
  std::optional<comparison_operator> operator_here();
  std::optional<literal> bare_literal(std::size_t begin);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t regexes_ = 0;
  std::optional<pattern_error> failure_;
};

// or = and { "||" and }; and = unit { "&&" unit }; unit = "(" or ")" | leaf. A bracket around one
// thing leaves no trace. The depth is bounded by the pattern's length.
template <class Leaf, class ReadLeaf>
std::optional<condition_node<Leaf>> read_conditions(filter_cursor& in, ReadLeaf read_leaf,
                                                    node_kind kind = node_kind::any_of) {
  const auto unit = [&]() -> std::optional<condition_node<Leaf>> {
    if (kind == node_kind::any_of) {
      return read_conditions<Leaf>(in, read_leaf, node_kind::all_of);
    }
    in.skip_blanks();
    const std::size_t begin = in.at();
    if (!in.take("(")) {
      std::optional<Leaf> leaf = read_leaf();
      if (!leaf) {
        return std::nullopt;
      }
      return condition_node<Leaf>{node_kind::leaf, std::move(*leaf), {}, {begin}};
    }
    auto inner = read_conditions<Leaf>(in, read_leaf, node_kind::any_of);
    in.skip_blanks();
    if (inner && !in.take(")")) {
      return in.fail(begin, "this bracket is not closed");
    }
    return inner;
  };
  auto first = unit();
  if (!first) {
    return std::nullopt;
  }
  condition_node<Leaf> node{kind, {}, {}, first->at};
  for (in.skip_blanks(); in.take(kind == node_kind::any_of ? "||" : "&&"); in.skip_blanks()) {
    if (node.parts.empty()) {
      node.parts.push_back(std::move(*first));
    }
    auto next = unit();
    if (!next) {
      return std::nullopt;
    }
    node.parts.push_back(std::move(*next));
  }
  return node.parts.empty() ? std::move(first) : std::optional{std::move(node)};
}

}  // namespace trailbell::detect
