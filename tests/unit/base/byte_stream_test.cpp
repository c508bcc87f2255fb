#include "trailbell/base/byte_stream.hpp"

#include <gtest/gtest.h>

#include <string>

namespace trailbell {
namespace {

TEST(byte_stream, gives_back_what_was_written) {
  byte_writer to;
  to.number(0xffff'ffff'ffff'fffeU);
  to.signed_number(-7);
  to.text("a\0b");
  to.optional_text(std::nullopt);
  to.optional_text("");
  byte_reader from{to.bytes()};
  EXPECT_EQ(from.number(), 0xffff'ffff'ffff'fffeU);
  EXPECT_EQ(from.signed_number(), -7);
  EXPECT_EQ(from.text(), "a");  // a literal ends there
  EXPECT_EQ(from.optional_text(), std::nullopt);
  EXPECT_EQ(from.optional_text(), "");
  EXPECT_TRUE(from.ok());
  EXPECT_TRUE(from.at_end());
}

TEST(byte_stream, what_is_not_there_is_told) {
  byte_writer to;
  to.text("abc");
  for (std::size_t size = 0; size < to.bytes().size(); ++size) {
    byte_reader from{std::string_view{to.bytes()}.substr(0, size)};
    EXPECT_EQ(from.text(), "");
    EXPECT_FALSE(from.ok()) << size;
    EXPECT_EQ(from.number(), 0U) << "nor is anything behind it";
  }
}

TEST(byte_stream, numbers_that_cannot_be_are_told) {
  byte_writer to;
  to.number(3);
  to.number(3);
  byte_reader below{to.bytes()};
  EXPECT_EQ(below.number_below(3), 0U);
  EXPECT_FALSE(below.ok());
  byte_reader things{to.bytes()};
  EXPECT_EQ(things.count(8), 0U) << "one is there, no more";
  EXPECT_FALSE(things.ok());
  byte_reader truth{to.bytes()};
  EXPECT_EQ(truth.optional_text(), std::nullopt);
  EXPECT_FALSE(truth.ok());
}

}  // namespace
}  // namespace trailbell
