#include "detect/filter_number.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace trailbell::detect {
namespace {

std::string spelt(std::string_view number) {
  return std::string{number_text{number}.view()};
}

TEST(filter_number, reads_signs_points_and_exponents) {
  EXPECT_EQ(read_number("12")->value, 12);
  EXPECT_EQ(read_number("-1.5")->value, -1.5);
  EXPECT_EQ(read_number("+2")->value, 2);
  EXPECT_EQ(read_number("1e+3")->value, 1000);
  EXPECT_EQ(read_number(".5")->value, 0.5);
  EXPECT_EQ(read_number("1E-3")->text, "1E-3");
  EXPECT_TRUE(std::isinf(read_number("1e309")->value));
  EXPECT_EQ(read_number("-1e-999")->value, 0);
  EXPECT_TRUE(std::isinf(read_number("0.0001e400")->value));
  EXPECT_EQ(read_number("10000e-400")->value, 0);
  for (const char* wrong : {"", "-", ".", "1e", "1e+", "1.2.3", "1x", "--1", "e1", "1*", " 1"}) {
    EXPECT_FALSE(read_number(wrong)) << wrong;
  }
}

TEST(filter_number, compares_integers_exactly) {
  const auto compare = [](std::string_view a, std::string_view b) {
    return compare_numbers(a, *read_number(b));
  };
  EXPECT_TRUE(compare("9007199254740993", "9007199254740992") > 0);
  EXPECT_TRUE(compare("123456789012345678901234567890", "123456789012345678901234567891") < 0);
  EXPECT_TRUE(compare("-2", "-10") > 0);
  EXPECT_TRUE(compare("-2", "1") < 0);
  EXPECT_TRUE(compare("-0", "0") == 0);
  EXPECT_TRUE(compare("7", "+007") == 0);
  EXPECT_TRUE(compare("1.0", "1") == 0);
  EXPECT_TRUE(compare("1", "1e309") < 0);
  EXPECT_TRUE(compare("1e309", "1") == std::partial_ordering::unordered);
  EXPECT_TRUE(compare("x", "1") == std::partial_ordering::unordered);
}

TEST(filter_number, spells_doubles_as_java_does) {
  const std::pair<const char*, const char*> cases[] = {
      {"1", "1"},
      {"-0", "0"},
      {"12345678901234567890", "12345678901234567890"},
      {"1.0", "1.0"},
      {"1e0", "1.0"},
      {"-0.0", "-0.0"},
      {"1e3", "1000.0"},
      {"12.340", "12.34"},
      {"0.001", "0.001"},
      {"0.0001", "1.0E-4"},
      {"0.00012", "1.2E-4"},
      {"9999999.0", "9999999.0"},
      {"1e7", "1.0E7"},
      {"1.5e300", "1.5E300"},
      {"123456.789", "123456.789"},
      {"0.05", "0.05"},
      {"1e309", "Infinity"},
      {"-1e309", "-Infinity"},
      {"1e-999", "0.0"},
      {"1.25e-10", "1.25E-10"},
  };
  for (const auto& [number, text] : cases) {
    EXPECT_EQ(spelt(number), text) << number;
  }
}

}  // namespace
}  // namespace trailbell::detect
