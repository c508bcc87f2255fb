#include "aws/digest.hpp"

#include <gtest/gtest.h>

namespace trailbell::aws {
namespace {

// FIPS 180-4's own example.
constexpr const char* sum_of_abc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(sha256_sum, of_pieces_is_that_of_the_whole_and_begins_anew) {
  sha256_sum sum;
  for (int i = 0; i < 2; ++i) {
    sum.add("a");
    sum.add("");
    sum.add("bc");
    EXPECT_EQ(hex_of(sum.finish()), sum_of_abc);
  }
  EXPECT_EQ(sum.finish(), sha256(""));
}

TEST(hex, is_read_in_either_case_and_refused_where_it_is_none) {
  EXPECT_EQ(bytes_of_hex("00fFA9"), std::string({'\0', '\xff', '\xa9'}));
  EXPECT_EQ(bytes_of_hex(""), "");
  for (const char* const text : {"0", "0g", "g0", "0x", " 0", "000"}) {
    EXPECT_FALSE(bytes_of_hex(text)) << text;
  }
}

}  // namespace
}  // namespace trailbell::aws
