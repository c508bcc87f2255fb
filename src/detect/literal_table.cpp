// Literals found by a table of their first two bytes: for platforms without Hyperscan, and to test
// it. Most places are told by one look-up.
#include <algorithm>
#include <utility>

#include "trailbell/detect/prefilter.hpp"

namespace trailbell::detect {
namespace {

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::size_t pair_at(const char* p) noexcept {
  return static_cast<std::size_t>(static_cast<unsigned char>(lower(p[0]))) << 8U |
         static_cast<unsigned char>(lower(p[1]));
}

bool stands_at(const needed_literal& literal, std::string_view text) noexcept {
  if (!literal.ignore_case) {
    return text.starts_with(literal.text);
  }
  return text.size() >= literal.text.size() &&
         std::equal(literal.text.begin(), literal.text.end(), text.begin(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

class table_finder final : public literal_finder {
 public:
  explicit table_finder(const std::vector<needed_literal>& literals) : literals_{literals} {
    std::sort(literals_.begin(), literals_.end(), [](const auto& a, const auto& b) {
      return pair_at(a.text.data()) < pair_at(b.text.data());
    });
    for (std::size_t i = 0; i < literals_.size(); ++i) {
      auto& [begin, end] = ranges_[pair_at(literals_[i].text.data())];
      begin = end == 0 ? i : begin;
      end = i + 1;
      reach_ = std::max(reach_, literals_[i].text.size());
    }
  }

  void find(std::string_view text, std::vector<std::size_t>& places) override {
    const std::size_t first = places.size();
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
      const auto [begin, end] = ranges_[pair_at(text.data() + at)];
      for (std::size_t i = begin; i < end; ++i) {
        if (stands_at(literals_[i], text.substr(at))) {
          places.push_back(at + literals_[i].text.size() - 1);
        }
      }
    }
    std::sort(places.begin() + static_cast<std::ptrdiff_t>(first), places.end());
  }
  [[nodiscard]] std::size_t reach() const noexcept override { return reach_; }

 private:
  std::vector<needed_literal> literals_;  // by their first two bytes
  std::vector<std::pair<std::size_t, std::size_t>> ranges_ =
      std::vector<std::pair<std::size_t, std::size_t>>(1U << 16U);
  std::size_t reach_ = 0;
};

}  // namespace

std::vector<needed_literal> with_escapes(std::vector<needed_literal> literals) {
  // Every character of a literal is one of U+0020 to U+007F but / (patterns are cut there, as it
  // may be written \/).
  for (const char digit : {'2', '3', '4', '5', '6', '7'}) {
    literals.push_back({std::string{"\\u00"} + digit, false});
  }
  std::sort(literals.begin(), literals.end(), [](const auto& a, const auto& b) {
    return std::pair{a.text, a.ignore_case} < std::pair{b.text, b.ignore_case};
  });
  literals.erase(std::unique(literals.begin(), literals.end()), literals.end());
  return literals;
}

std::unique_ptr<literal_finder> make_table_finder(const std::vector<needed_literal>& literals) {
  return std::make_unique<table_finder>(literals);
}

}  // namespace trailbell::detect
