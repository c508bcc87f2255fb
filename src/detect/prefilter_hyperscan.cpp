// The prefilter by Hyperscan: the only place that knows it. Where the CPU lacks what the library
// needs (SSSE3), or it refuses the set, the table takes over.
#include <hs.h>

#include <limits>
#include <string>
#include <utility>

#include "trailbell/base/ensure.hpp"
#include "trailbell/detect/prefilter.hpp"

namespace trailbell::detect {
namespace {

struct database_deleter {
  void operator()(hs_database_t* database) const noexcept { hs_free_database(database); }
};
using database_ptr = std::unique_ptr<hs_database_t, database_deleter>;

database_ptr compile(const std::vector<literal_head>& heads) {
  if (hs_valid_platform() != HS_SUCCESS) {
    return nullptr;
  }
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const literal_head& one : heads) {
    texts.push_back(one.head.text.data());
    sizes.push_back(one.head.text.size());
    flags.push_back(one.head.ignore_case ? HS_FLAG_CASELESS : 0U);
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* failure = nullptr;
  hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), sizes.data(),
                       static_cast<unsigned>(heads.size()), HS_MODE_BLOCK, nullptr, &database,
                       &failure);
  hs_free_compile_error(failure);
  return database_ptr{database};
}

// One call of find(), for the callback.
struct search {
  const std::vector<literal_head>& heads;
  std::string_view text;
  std::size_t text_at;
  std::vector<std::size_t>& places;
};

extern "C" int take_place(unsigned id, unsigned long long, unsigned long long end, unsigned,
                          void* context) {
  const search& s = *static_cast<const search*>(context);
  if (tail_follows(s.heads[id], s.text, static_cast<std::size_t>(end))) {
    s.places.push_back(s.text_at + static_cast<std::size_t>(end) - 1);
  }
  return 0;
}

class hyperscan_finder final : public literal_finder {
 public:
  hyperscan_finder(const hs_database_t& database, const std::vector<literal_head>& heads)
      : database_{database}, heads_{heads} {
    ensure(hs_alloc_scratch(&database, &scratch_) == HS_SUCCESS, "scratch space of Hyperscan");
  }
  ~hyperscan_finder() override { hs_free_scratch(scratch_); }

  void find(std::string_view text, std::vector<std::size_t>& places) override {
    constexpr std::size_t piece_bytes = std::numeric_limits<unsigned>::max() / 2;
    for (std::size_t at = 0;; at += piece_bytes - reach()) {
      const std::string_view piece = text.substr(at, piece_bytes);
      search into{heads_, piece, at, places};
      const hs_error_t outcome =
          hs_scan(&database_, piece.data(), static_cast<unsigned>(piece.size()), 0, scratch_,
                  take_place, &into);
      ensure(outcome == HS_SUCCESS, "a scan by Hyperscan");
      if (at + piece.size() == text.size()) {
        return;
      }
    }
  }
  [[nodiscard]] std::size_t reach() const noexcept override { return reach_; }

 private:
  const hs_database_t& database_;
  const std::vector<literal_head>& heads_;
  std::size_t reach_ = reach_of(heads_);
  hs_scratch_t* scratch_ = nullptr;
};

}  // namespace

struct prefilter::compiled {
  std::vector<needed_literal> literals;
  std::vector<literal_head> heads;
  database_ptr database;  // null: the table
};

prefilter::prefilter(std::vector<needed_literal> literals)
    : compiled_{std::make_unique<compiled>()} {
  compiled_->heads = heads_of(literals);
  compiled_->literals = std::move(literals);
  compiled_->database = compile(compiled_->heads);
}

prefilter::~prefilter() = default;

std::unique_ptr<literal_finder> prefilter::open() const {
  if (!compiled_->database) {
    return make_table_finder(compiled_->literals);
  }
  return std::make_unique<hyperscan_finder>(*compiled_->database, compiled_->heads);
}

const char* prefilter::engine() noexcept {
  return "hyperscan";
}

}  // namespace trailbell::detect
