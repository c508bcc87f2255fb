// The product of languages: one state for all of them at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "detect/text_automaton.hpp"

namespace trailbell::detect {

class text_product {
 public:
  using id = std::uint32_t;
  // Borrows the languages.
  explicit text_product(std::span<const language_wish> wishes);

  [[nodiscard]] id start();
  // Nothing where no text that begins so can fulfil the wishes.
  [[nodiscard]] std::optional<id> next(id from, char32_t c);
  [[nodiscard]] bool fulfilled(id at);

 private:
  using states = std::vector<text_language::state>;
  id intern(const states& s);

  std::span<const language_wish> wishes_;
  std::map<states, id> ids_;
  std::vector<const states*> of_;
  states scratch_;
};

}  // namespace trailbell::detect
