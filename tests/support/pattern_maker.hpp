// Random filter patterns and random records of the domain of cis-4.4, from one small vocabulary, so
// that they have to do with each other.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace trailbell::test {

class pattern_maker {
 public:
  explicit pattern_maker(std::uint64_t seed) : random_{seed} {}

  // One to four patterns that the service accepts.
  std::vector<std::string> pattern_set();
  // A record in compact JSON. An empty name: any of the sixteen.
  std::string record(std::string_view name = {});

 private:
  std::size_t below(std::size_t n) { return random_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class List>
  std::string any(const List& list) {
    return std::string{list[below(list.size())]};
  }
  std::string pattern();
  std::string condition(int depth);
  std::string leaf();
  std::string terms();
  std::string value(int depth);
  std::string text_value();

  std::mt19937_64 random_;
  int regexes_ = 0;
  int wildcards_ = 0;
};

}  // namespace trailbell::test
