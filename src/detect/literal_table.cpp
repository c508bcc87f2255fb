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

// As far as both reach.
bool same(std::string_view a, std::string_view b, bool ignore_case) noexcept {
  const std::size_t size = std::min(a.size(), b.size());
  return std::equal(
      a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size), b.begin(),
      [ignore_case](char x, char y) { return ignore_case ? lower(x) == lower(y) : x == y; });
}

class table_finder final : public literal_finder {
 public:
  explicit table_finder(std::vector<literal_head> heads) : heads_{std::move(heads)} {
    std::sort(heads_.begin(), heads_.end(), [](const literal_head& a, const literal_head& b) {
      return pair_at(a.head.text.data()) < pair_at(b.head.text.data());
    });
    for (std::size_t i = 0; i < heads_.size(); ++i) {
      auto& [begin, end] = ranges_[pair_at(heads_[i].head.text.data())];
      begin = end == 0 ? i : begin;
      end = i + 1;
    }
  }

  void find(std::string_view text, std::vector<std::size_t>& places) override {
    const auto first = static_cast<std::ptrdiff_t>(places.size());
    for (std::size_t at = 0; at + 1 < text.size(); ++at) {
      const auto [begin, end] = ranges_[pair_at(text.data() + at)];
      for (std::size_t i = begin; i < end; ++i) {
        const needed_literal& head = heads_[i].head;
        const std::size_t behind = at + head.text.size();
        if (behind <= text.size() && same(text.substr(at), head.text, head.ignore_case) &&
            tail_follows(heads_[i], text, behind)) {
          places.push_back(behind - 1);
        }
      }
    }
    std::sort(places.begin() + first, places.end());
  }
  [[nodiscard]] std::size_t reach() const noexcept override { return reach_; }

 private:
  std::vector<literal_head> heads_;  // by their first two bytes
  std::size_t reach_ = reach_of(heads_);
  std::vector<std::pair<std::size_t, std::size_t>> ranges_ =
      std::vector<std::pair<std::size_t, std::size_t>>(1U << 16U);
};

}  // namespace

std::vector<literal_head> heads_of(std::vector<needed_literal> literals) {
  std::sort(literals.begin(), literals.end(), [](const auto& a, const auto& b) {
    return std::pair{a.ignore_case, std::string_view{a.text}} <
           std::pair{b.ignore_case, std::string_view{b.text}};
  });
  literals.erase(std::unique(literals.begin(), literals.end()), literals.end());
  const std::size_t size =
      literals.size() <= whole_literals_max ? std::string::npos : literal_head_bytes;
  std::vector<literal_head> heads;
  for (const needed_literal& one : literals) {
    needed_literal head{one.text.substr(0, size), one.ignore_case};
    if (heads.empty() || !(heads.back().head == head)) {
      heads.push_back({std::move(head), {}});
    }
    std::vector<std::string>& tails = heads.back().tails;
    if (tails.empty() || !one.text.starts_with(heads.back().head.text + tails.back())) {
      tails.push_back(one.text.substr(std::min(one.text.size(), size)));
    }  // else a shorter literal says as much
  }
  return heads;
}

std::size_t reach_of(const std::vector<literal_head>& heads) noexcept {
  std::size_t reach = 1;
  for (const literal_head& one : heads) {
    reach = std::max(reach, one.head.text.size());
  }
  return reach;
}

bool tail_follows(const literal_head& head, std::string_view text, std::size_t at) noexcept {
  return std::any_of(head.tails.begin(), head.tails.end(), [&](const std::string& tail) {
    return same(text.substr(at), tail, head.head.ignore_case);
  });
}

std::unique_ptr<literal_finder> make_table_finder(const std::vector<needed_literal>& literals) {
  return std::make_unique<table_finder>(heads_of(literals));
}

}  // namespace trailbell::detect
