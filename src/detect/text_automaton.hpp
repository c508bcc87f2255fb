// Languages of texts as deterministic automata over code points: what a glob, a number's spelling
// or a regular expression accepts, and the shortest text that is in some languages and not in
// others.
//
// Why not bytes: a JSON text is Unicode, and a witness has to be one that can be written. Patterns
// that are not UTF-8 do not come this far. States are made when they are first asked for.
// Thread-safety: none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/detect/filter_syntax.hpp"

namespace trailbell::detect {

// Steps that a question may still take. Once it is spent, every search ends without an answer, and
// the question is undecided.
class effort {
 public:
  explicit effort(std::size_t steps) noexcept : left_{steps} {}
  // False where nothing is left.
  bool spend(std::size_t steps = 1) noexcept {
    spent_ = spent_ || steps > left_;
    left_ -= spent_ ? 0 : steps;
    return !spent_;
  }
  void give_up() noexcept { spent_ = true; }
  [[nodiscard]] bool spent() const noexcept { return spent_; }
  [[nodiscard]] std::size_t left() const noexcept { return left_; }

 private:
  std::size_t left_;
  bool spent_ = false;
};

// Code points, both ends included.
struct code_range {
  char32_t first;
  char32_t last;
  auto operator<=>(const code_range&) const = default;
};
using code_set = std::vector<code_range>;

class text_language {
 public:
  using state = std::int32_t;
  static constexpr state dead = -1;  // nothing is accepted from here on

  text_language() = default;
  text_language(const text_language&) = delete;
  text_language& operator=(const text_language&) = delete;
  virtual ~text_language() = default;

  [[nodiscard]] virtual state start() = 0;
  // `from` is not dead.
  [[nodiscard]] virtual state next(state from, char32_t c) = 0;
  [[nodiscard]] virtual bool accepts(state at) = 0;
  // Code points that are in the same of these ranges are the same to it.
  virtual void add_ranges(code_set& into) const = 0;
  // A text of it stays in it, whatever is put before or behind.
  [[nodiscard]] virtual bool survives_context() const = 0;
  // It was too large to be built: what it says is not to be relied on.
  [[nodiscard]] virtual bool too_large() const noexcept { return false; }

  [[nodiscard]] bool contains(std::string_view text);
};

// The texts that `= value` holds for.
[[nodiscard]] std::unique_ptr<text_language> language_of(const literal& value);
// The texts in which `part` occurs.
[[nodiscard]] std::unique_ptr<text_language> language_with(std::string_view part);
// A checked regular expression, found anywhere.
[[nodiscard]] std::unique_ptr<text_language> language_of_regex(std::string_view source);

struct language_wish {
  text_language* language;
  bool wanted;  // to be in it, or not to be
  bool operator==(const language_wish&) const = default;
};

// One code point of each class that these ranges do not tell apart, the most readable one, letters
// first. Surrogates are in none.
[[nodiscard]] std::vector<char32_t> representatives(code_set ranges);
// The same for all languages at once, and what else tells code points apart; nothing where a
// language is too large.
[[nodiscard]] std::optional<std::vector<char32_t>> alphabet_of(
    std::span<const language_wish> wishes, code_set besides = {});

// Behind a search that found nothing: a language may have become too large on the way.
void give_up_where_too_large(std::span<const language_wish> wishes, effort& left) noexcept;

// The shortest text of all that fulfil the wishes; nothing where there is none, or effort ran out.
[[nodiscard]] std::optional<std::string> shortest_text(std::span<const language_wish> wishes,
                                                       effort& left);

[[nodiscard]] std::u32string to_code_points(std::string_view utf8);
void append_utf8(char32_t c, std::string& out);

}  // namespace trailbell::detect
