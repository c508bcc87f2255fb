// The product of languages: one state for all of them at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "detect/text_automaton.hpp"

namespace trailbell::detect {

class text_product {
 public:
  using id = std::uint32_t;
  static constexpr id none = 0xffffffff;  // no text that begins so can fulfil the wishes

  // Borrows both; steps are taken by letters of the alphabet, and remembered.
  text_product(std::span<const language_wish> wishes, std::span<const char32_t> alphabet);

  [[nodiscard]] id start();
  [[nodiscard]] id next(id from, std::size_t letter) {
    const id known = steps_[from * alphabet_.size() + letter];
    return known != unknown ? known : step(from, letter);
  }
  [[nodiscard]] bool fulfilled(id at);

 private:
  using states = std::vector<text_language::state>;
  static constexpr id unknown = 0xfffffffe;
  id intern(const states& s);
  id step(id from, std::size_t letter);

  std::span<const language_wish> wishes_;
  std::span<const char32_t> alphabet_;
  std::map<states, id> ids_;
  std::vector<const states*> of_;
  std::vector<id> steps_;
  states scratch_;
};

}  // namespace trailbell::detect
