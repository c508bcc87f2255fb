// sigma_maker: Sigma rules and records that are made for each other, from a seed.
//
// The records spell what they hold in every way that JSON allows: escapes, blanks, keys that
// repeat, lists where a value is expected, dots in keys.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace trailbell::test {

class sigma_maker {
 public:
  explicit sigma_maker(std::uint64_t seed) : random_{seed} {}

  [[nodiscard]] std::string rule();    // YAML; may be refused, where modifiers do not fit a value
  [[nodiscard]] std::string record();  // one line

 private:
  bool one_in(std::uint64_t n) { return random_() % n == 0; }
  template <std::size_t Size>
  const char* pick(const char* const (&choices)[Size]) {
    return choices[random_() % Size];
  }
  std::string blanks();
  std::string field_line(bool last);
  std::string values();
  std::string condition();
  std::string spelled(std::string_view text);
  std::string value(int depth);

  std::mt19937_64 random_;
};

}  // namespace trailbell::test
