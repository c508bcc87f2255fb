// Heads found by a table of their first two bytes: for platforms without Hyperscan, and to test it.
// Most places are told by one look-up.
#include <algorithm>
#include <utility>

#include "detect/head_scanner.hpp"
#include "trailbell/base/text.hpp"

namespace trailbell::detect {
namespace {

std::size_t pair_at(const char* p) noexcept {
  return static_cast<std::size_t>(static_cast<unsigned char>(fold_ascii(p[0]))) << 8U |
         static_cast<unsigned char>(fold_ascii(p[1]));
}

class head_table final : public head_database {
 public:
  explicit head_table(const std::vector<literal_head>& heads) {
    for (const literal_head& one : heads) {
      heads_.push_back({one.head, heads_.size()});
    }
    std::sort(heads_.begin(), heads_.end(), [](const numbered& a, const numbered& b) {
      return pair_at(a.head.text.data()) < pair_at(b.head.text.data());
    });
    for (std::size_t i = 0; i < heads_.size(); ++i) {
      auto& [begin, end] = ranges_[pair_at(heads_[i].head.text.data())];
      begin = end == 0 ? i : begin;
      end = i + 1;
    }
  }

  std::unique_ptr<head_scanner> open() const override { return std::make_unique<walker>(*this); }

 private:
  struct numbered {
    needed_literal head;
    std::size_t number;
  };
  class walker final : public head_scanner {
   public:
    explicit walker(const head_table& table) : table_{table} {}
    void scan(std::string_view text, take_head take, void* context) override {
      for (std::size_t at = 0; at + 1 < text.size(); ++at) {
        const auto [begin, end] = table_.ranges_[pair_at(text.data() + at)];
        for (std::size_t i = begin; i < end; ++i) {
          const auto& [head, number] = table_.heads_[i];
          const std::size_t behind = at + head.text.size();
          if (behind <= text.size() && same_as_far(text.substr(at), head.text, head.ignore_case)) {
            take(context, number, behind);
          }
        }
      }
    }

   private:
    const head_table& table_;
  };

  std::vector<numbered> heads_;  // by their first two bytes
  std::vector<std::pair<std::size_t, std::size_t>> ranges_ =
      std::vector<std::pair<std::size_t, std::size_t>>(1U << 16U);
};

}  // namespace

bool same_as_far(std::string_view a, std::string_view b, bool ignore_case) noexcept {
  const std::size_t size = std::min(a.size(), b.size());
  return std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(size), b.begin(),
                    [ignore_case](char x, char y) {
                      return ignore_case ? fold_ascii(x) == fold_ascii(y) : x == y;
                    });
}

std::unique_ptr<const head_database> tabulate_heads(const std::vector<literal_head>& heads) {
  return std::make_unique<head_table>(heads);
}

}  // namespace trailbell::detect
