// Once warm, reading an event and evaluating a pattern on it allocates nothing.
#include <cstdlib>
#include <new>

#include "unit/detect/filter_cases.hpp"

namespace {

thread_local long allocations = 0;

}  // namespace

// For the whole program; only this test looks at the count. Out of line, or GCC sees free() meet
// new.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const got = std::malloc(size == 0 ? 1 : size)) {
    return got;
  }
  throw std::bad_alloc{};
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
[[gnu::noinline]] void operator delete(void* what) noexcept {
  std::free(what);
}
[[gnu::noinline]] void operator delete(void* what, std::size_t) noexcept {
  std::free(what);
}

namespace trailbell::detect {
namespace {

TEST(filter_allocation, there_is_none_once_warm) {
  const filter_pattern patterns[] = {
      parsed(R"({ ($.eventName = "*Policy" || $.n > 1e3) && $.a[*].b != 2 && $.e NOT EXISTS })"),
      parsed("{ $.m = 1* || $.m = %^1.5% || $.x IS NULL }"),
      parsed("[a, b = 1* || b > 1, ..., c]"),
      parsed(R"(CreatePolicy -"x y")"),
  };
  const std::string events[] = {
      R"({"eventName":"CreatePolicy","n":1001,"a":[{"b":1},{"b":3}],"m":1.5,"x":[1,null]})",
      R"({"eventName":"\u0043reatePolicy","m":[{"deep":[[[1,2,3],{"k":"v"}]]}]})",
      "not JSON 1 2 \"three four\" 5",
  };
  decode::json_reader reader;
  json_tree tree;
  long before = 0;
  for (int round = 0; round < 3; ++round) {
    before = allocations;
    for (const std::string& event : events) {
      const bool json = reader.read(event, tree);
      for (const filter_pattern& pattern : patterns) {
        (void)pattern.matches({event, json ? &tree : nullptr});
      }
    }
  }
  EXPECT_EQ(allocations, before);
}

TEST(filter_allocation, the_count_counts) {
  const long before = allocations;
  const std::string text(1000, 'x');
  EXPECT_GT(allocations, before);
  EXPECT_EQ(text.size(), 1000U);
}

}  // namespace
}  // namespace trailbell::detect
