#include "detect/text_product.hpp"

namespace trailbell::detect {

text_product::text_product(std::span<const language_wish> wishes,
                           std::span<const char32_t> alphabet)
    : wishes_{wishes}, alphabet_{alphabet} {}

text_product::id text_product::intern(const states& s) {
  const auto [at, fresh] = ids_.emplace(s, static_cast<id>(of_.size()));
  if (fresh) {
    of_.push_back(&at->first);  // a map's keys stay where they are
    steps_.resize(steps_.size() + alphabet_.size(), unknown);
  }
  return at->second;
}

text_product::id text_product::start() {
  states first;
  for (const language_wish& wish : wishes_) {
    first.push_back(wish.language->start());
  }
  return intern(first);
}

text_product::id text_product::step(id from, std::size_t letter) {
  scratch_ = *of_[from];
  id to = none;
  bool alive = true;
  for (std::size_t i = 0; i < wishes_.size() && alive; ++i) {
    text_language::state& s = scratch_[i];
    s = s == text_language::dead ? s : wishes_[i].language->next(s, alphabet_[letter]);
    alive = s != text_language::dead || !wishes_[i].wanted;
  }
  if (alive) {
    to = intern(scratch_);
  }
  steps_[from * alphabet_.size() + letter] = to;
  return to;
}

bool text_product::fulfilled(id at) {
  const states& s = *of_[at];
  for (std::size_t i = 0; i < wishes_.size(); ++i) {
    const bool in = s[i] != text_language::dead && wishes_[i].language->accepts(s[i]);
    if (in != wishes_[i].wanted) {
      return false;
    }
  }
  return true;
}

}  // namespace trailbell::detect
