#include "trailbell/detect/prefilter.hpp"

#include <algorithm>
#include <utility>

#include "detect/head_scanner.hpp"

namespace trailbell::detect {
namespace {

class finder final : public literal_finder {
 public:
  finder(std::unique_ptr<head_scanner> scanner, const std::vector<literal_head>& heads)
      : scanner_{std::move(scanner)}, heads_{heads} {}

  void find(std::string_view text, std::vector<std::size_t>& places) override {
    const auto first = static_cast<std::ptrdiff_t>(places.size());
    search into{heads_, text, places};
    scanner_->scan(text, take, &into);
    if (!std::is_sorted(places.begin() + first, places.end())) {
      std::sort(places.begin() + first, places.end());
    }
  }
  [[nodiscard]] std::size_t reach() const noexcept override { return reach_; }

 private:
  struct search {
    const std::vector<literal_head>& heads;
    std::string_view text;
    std::vector<std::size_t>& places;
  };
  static void take(void* context, std::size_t head, std::size_t end) {
    const search& s = *static_cast<const search*>(context);
    if (tail_follows(s.heads[head], s.text, end)) {
      s.places.push_back(end - 1);
    }
  }

  std::unique_ptr<head_scanner> scanner_;
  const std::vector<literal_head>& heads_;
  std::size_t reach_ = reach_of(heads_);
};

// Owns what the other borrows.
class owning_finder final : public literal_finder {
 public:
  explicit owning_finder(std::vector<literal_head> heads)
      : heads_{std::move(heads)}, table_{tabulate_heads(heads_)}, finder_{table_->open(), heads_} {}
  void find(std::string_view text, std::vector<std::size_t>& places) override {
    finder_.find(text, places);
  }
  [[nodiscard]] std::size_t reach() const noexcept override { return finder_.reach(); }

 private:
  std::vector<literal_head> heads_;
  std::unique_ptr<const head_database> table_;
  finder finder_;
};

}  // namespace

struct prefilter::compiled {
  std::vector<literal_head> heads;
  std::unique_ptr<const head_database> database;
};

prefilter::prefilter(std::vector<needed_literal> literals)
    : compiled_{std::make_unique<compiled>()} {
  compiled_->heads = heads_of(std::move(literals));
  compiled_->database = compile_heads(compiled_->heads);
}

prefilter::~prefilter() = default;

std::unique_ptr<literal_finder> prefilter::open() const {
  return std::make_unique<finder>(compiled_->database->open(), compiled_->heads);
}

std::unique_ptr<literal_finder> make_table_finder(const std::vector<needed_literal>& literals) {
  return std::make_unique<owning_finder>(heads_of(literals));
}

std::vector<literal_head> heads_of(std::vector<needed_literal> literals) {
  std::sort(literals.begin(), literals.end(), [](const auto& a, const auto& b) {
    return std::pair{a.ignore_case, std::string_view{a.text}} <
           std::pair{b.ignore_case, std::string_view{b.text}};
  });
  literals.erase(std::unique(literals.begin(), literals.end()), literals.end());
  std::vector<literal_head> heads;
  for (const needed_literal& one : literals) {
    needed_literal head{one.text.substr(0, literal_head_bytes), one.ignore_case};
    if (heads.empty() || !(heads.back().head == head)) {
      heads.push_back({std::move(head), {}});
    }
    std::vector<std::string>& tails = heads.back().tails;
    if (tails.empty() || !one.text.starts_with(heads.back().head.text + tails.back())) {
      tails.push_back(one.text.substr(std::min(one.text.size(), literal_head_bytes)));
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
    return same_as_far(text.substr(at), tail, head.head.ignore_case);
  });
}

}  // namespace trailbell::detect
