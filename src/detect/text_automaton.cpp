#include "detect/text_automaton.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <utility>

#include "detect/text_product.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

constexpr char32_t surrogates_begin = 0xd800;
constexpr char32_t surrogates_end = 0xe000;
constexpr char32_t code_points_end = 0x110000;

// A glob as the evaluator reads it: the first piece at the front, each further one where it first
// occurs behind the one before, the last at the end, and no second try. A search for the first
// occurrence is Knuth, Morris and Pratt's automaton; a state counts the code points of all pieces
// that were matched so far.
class glob_language final : public text_language {
 public:
  explicit glob_language(const std::vector<std::string>& pieces) {
    for (const std::string& text : pieces) {
      piece p{to_code_points(text), size_, {}};
      p.fallback = fallback_of(p.text);
      size_ += static_cast<state>(p.text.size());
      pieces_.push_back(std::move(p));
    }
    open_ended_ = pieces_.size() > 1 && pieces_.back().text.empty();
  }

  state start() override { return 0; }

  state next(state from, char32_t c) override {
    if (from == size_) {
      return open_ended_ ? size_ : dead;
    }
    const piece& p = piece_at(from);
    auto matched = static_cast<std::size_t>(from - p.begin);
    if (&p == &pieces_.front()) {
      return p.text[matched] == c ? from + 1 : dead;
    }
    while (matched > 0 && p.text[matched] != c) {
      matched = p.fallback[matched - 1];
    }
    return p.begin + static_cast<state>(matched) + (p.text[matched] == c ? 1 : 0);
  }

  bool accepts(state at) override { return at == size_; }

  bool survives_context() const override {
    return pieces_.size() > 1 && pieces_.front().text.empty() && pieces_.back().text.empty();
  }

  void add_ranges(code_set& into) const override {
    for (const piece& p : pieces_) {
      for (const char32_t c : p.text) {
        into.push_back({c, c});
      }
    }
  }

 private:
  struct piece {
    std::u32string text;
    state begin = 0;
    std::vector<std::size_t> fallback;
  };

  static std::vector<std::size_t> fallback_of(const std::u32string& text) {
    std::vector<std::size_t> fallback(text.size(), 0);
    for (std::size_t i = 1, k = 0; i < text.size(); ++i) {
      while (k > 0 && text[i] != text[k]) {
        k = fallback[k - 1];
      }
      k += text[i] == text[k] ? 1 : 0;
      fallback[i] = k;
    }
    return fallback;
  }

  // The piece that is looked for: an empty one never is.
  [[nodiscard]] const piece& piece_at(state at) const {
    return *std::find_if(pieces_.begin(), pieces_.end(), [at](const piece& p) {
      return at < p.begin + static_cast<state>(p.text.size());
    });
  }

  std::vector<piece> pieces_;
  state size_ = 0;
  bool open_ended_ = false;
};

// Letters first, then what else is printable, then the rest.
int rank(char32_t c) noexcept {
  const char32_t folded = c | 0x20U;
  const bool letter = folded >= U'a' && folded <= U'z' && c < 0x80;
  return letter ? 0 : c >= 0x20 && c < 0x7f && c != U'"' && c != U'\\' ? 1 : 2;
}

char32_t most_readable(char32_t begin, char32_t end) noexcept {
  constexpr std::u32string_view readable = U"axAX0.-_:/ ";
  const auto* const nice = std::find_if(readable.begin(), readable.end(),
                                        [&](char32_t c) { return c >= begin && c < end; });
  return nice != readable.end() ? *nice : begin;
}

struct node {
  text_product::id state;
  std::size_t from;
  char32_t by;
};

std::string text_to(const std::vector<node>& nodes, std::size_t at) {
  std::u32string backwards;
  for (; at > 0; at = nodes[at].from) {
    backwards.push_back(nodes[at].by);
  }
  std::string text;
  for (const char32_t c : std::views::reverse(backwards)) {
    append_utf8(c, text);
  }
  return text;
}

}  // namespace

std::unique_ptr<text_language> language_of(const literal& value) {
  if (const auto* regex = std::get_if<regex_literal>(&value)) {
    return language_of_regex(regex->source);
  }
  if (const auto* number = std::get_if<number_literal>(&value)) {
    return std::make_unique<glob_language>(std::vector{number->text});
  }
  return std::make_unique<glob_language>(std::get<text_literal>(value).pieces);
}

std::unique_ptr<text_language> language_with(std::string_view part) {
  return std::make_unique<glob_language>(std::vector<std::string>{"", std::string{part}, ""});
}

bool text_language::contains(std::string_view text) {
  state at = start();
  for (const char32_t c : to_code_points(text)) {
    if (at == dead) {
      return false;
    }
    at = next(at, c);
  }
  return at != dead && accepts(at);
}

std::vector<char32_t> representatives(code_set ranges) {
  ranges.insert(ranges.end(), {{0, 0x1f}, {0x7f, 0x7f}, {surrogates_begin, surrogates_end - 1}});
  std::sort(ranges.begin(), ranges.end());
  ranges.erase(std::unique(ranges.begin(), ranges.end()), ranges.end());
  std::vector<char32_t> begins{0};
  for (const code_range& r : ranges) {
    begins.push_back(r.first);
    begins.push_back(r.last + 1);
  }
  std::sort(begins.begin(), begins.end());
  begins.erase(std::unique(begins.begin(), begins.end()), begins.end());
  std::map<std::vector<bool>, char32_t> classes;  // by the ranges that it is in
  for (std::size_t i = 0; i < begins.size() && begins[i] < code_points_end; ++i) {
    const char32_t end = i + 1 < begins.size() ? begins[i + 1] : code_points_end;
    if (begins[i] == surrogates_begin) {
      continue;
    }
    std::vector<bool> in;
    for (const code_range& r : ranges) {
      in.push_back(begins[i] >= r.first && begins[i] <= r.last);
    }
    const char32_t best = most_readable(begins[i], end);
    const auto [at, fresh] = classes.emplace(std::move(in), best);
    if (!fresh && rank(best) < rank(at->second)) {
      at->second = best;
    }
  }
  std::vector<char32_t> chosen;
  chosen.reserve(classes.size());
  for (const auto& [in, c] : classes) {
    chosen.push_back(c);
  }
  std::sort(chosen.begin(), chosen.end(), [](char32_t a, char32_t b) {
    return std::pair{rank(a), a} < std::pair{rank(b), b};
  });
  return chosen;
}

std::optional<std::vector<char32_t>> alphabet_of(std::span<const language_wish> wishes,
                                                 code_set besides) {
  for (const language_wish& wish : wishes) {
    if (wish.language->too_large()) {
      return std::nullopt;
    }
    wish.language->add_ranges(besides);
  }
  return representatives(std::move(besides));
}

void give_up_where_too_large(std::span<const language_wish> wishes, effort& left) noexcept {
  for (const language_wish& wish : wishes) {
    if (wish.language->too_large()) {
      left.give_up();
    }
  }
}

std::optional<std::string> shortest_text(std::span<const language_wish> wishes, effort& left) {
  const std::optional<std::vector<char32_t>> alphabet = alphabet_of(wishes);
  if (!alphabet) {
    left.give_up();
    return std::nullopt;
  }
  text_product product{wishes, *alphabet};
  std::vector<node> nodes{{product.start(), 0, 0}};
  std::vector<bool> seen{true};
  for (std::size_t at = 0; at < nodes.size(); ++at) {
    if (product.fulfilled(nodes[at].state)) {
      return text_to(nodes, at);
    }
    if (!left.spend(wishes.size() * alphabet->size())) {
      return std::nullopt;
    }
    for (std::size_t letter = 0; letter < alphabet->size(); ++letter) {
      const text_product::id to = product.next(nodes[at].state, letter);
      if (to == text_product::none) {
        continue;
      }
      seen.resize(std::max<std::size_t>(seen.size(), to + 1), false);
      if (!seen[to]) {
        seen[to] = true;
        nodes.push_back({to, at, (*alphabet)[letter]});
      }
    }
  }
  give_up_where_too_large(wishes, left);
  return std::nullopt;
}

std::u32string to_code_points(std::string_view utf8) {
  std::u32string out;
  for (std::size_t at = 0; at < utf8.size();) {
    const code_point c = decode_utf8(utf8, at);
    out.push_back(c.size > 0 ? c.value : 0xfffd);
    at += std::max<std::size_t>(c.size, 1);
  }
  return out;
}

void append_utf8(char32_t c, std::string& out) {
  const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0U | c >> 6U);
    put(0x80U | (c & 0x3fU));
  } else if (c < 0x10000) {
    put(0xe0U | c >> 12U);
    put(0x80U | (c >> 6U & 0x3fU));
    put(0x80U | (c & 0x3fU));
  } else {
    put(0xf0U | c >> 18U);
    put(0x80U | (c >> 12U & 0x3fU));
    put(0x80U | (c >> 6U & 0x3fU));
    put(0x80U | (c & 0x3fU));
  }
}

}  // namespace trailbell::detect
