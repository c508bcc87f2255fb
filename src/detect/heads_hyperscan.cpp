// Heads by Hyperscan: the only place that knows it. Where the CPU lacks what the library needs
// (SSSE3), or it refuses the set, the table takes over.
#include <hs.h>

#include <limits>
#include <utility>

#include "detect/head_scanner.hpp"
#include "trailbell/base/ensure.hpp"

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

// One call of hs_scan, for the callback.
struct search {
  take_head take;
  void* context;
  std::size_t text_at;
};

extern "C" int take_place(unsigned id, unsigned long long, unsigned long long end, unsigned,
                          void* context) {
  const search& s = *static_cast<const search*>(context);
  s.take(s.context, id, s.text_at + static_cast<std::size_t>(end));
  return 0;
}

class hyperscan_scanner final : public head_scanner {
 public:
  hyperscan_scanner(const hs_database_t& database, std::size_t reach)
      : database_{database}, reach_{reach} {
    ensure(hs_alloc_scratch(&database, &scratch_) == HS_SUCCESS, "scratch space of Hyperscan");
  }
  ~hyperscan_scanner() override { hs_free_scratch(scratch_); }

  void scan(std::string_view text, take_head take, void* context) override {
    constexpr std::size_t piece_bytes = std::numeric_limits<unsigned>::max() / 2;
    for (std::size_t at = 0;; at += piece_bytes - reach_) {
      const std::string_view piece = text.substr(at, piece_bytes);
      search into{take, context, at};
      const hs_error_t outcome =
          hs_scan(&database_, piece.data(), static_cast<unsigned>(piece.size()), 0, scratch_,
                  take_place, &into);
      ensure(outcome == HS_SUCCESS, "a scan by Hyperscan");
      if (at + piece.size() == text.size()) {
        return;
      }
    }
  }

 private:
  const hs_database_t& database_;
  std::size_t reach_;
  hs_scratch_t* scratch_ = nullptr;
};

class hyperscan_database final : public head_database {
 public:
  hyperscan_database(database_ptr database, std::size_t reach)
      : database_{std::move(database)}, reach_{reach} {}
  std::unique_ptr<head_scanner> open() const override {
    return std::make_unique<hyperscan_scanner>(*database_, reach_);
  }

 private:
  database_ptr database_;
  std::size_t reach_;  // bytes of the longest head
};

}  // namespace

std::unique_ptr<const head_database> compile_heads(const std::vector<literal_head>& heads) {
  database_ptr database = compile(heads);
  if (!database) {
    return tabulate_heads(heads);
  }
  return std::make_unique<hyperscan_database>(std::move(database), reach_of(heads));
}

const char* prefilter::engine() noexcept {
  return "hyperscan";
}

}  // namespace trailbell::detect
