#include "trailbell/model/text_stream.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace trailbell {
namespace {

// Gives `step` bytes at a time, then fails or ends.
class stepping_source final : public byte_source {
 public:
  stepping_source(std::string_view text, std::size_t step, bool fails)
      : rest_{text}, step_{step}, fails_{fails} {}
  result<std::size_t> read(char* into, std::size_t size) override {
    if (rest_.empty() && fails_) {
      return error{errc::corrupt, "cut"};
    }
    const std::size_t taken = rest_.copy(into, std::min(size, step_));
    rest_.remove_prefix(taken);
    return taken;
  }

 private:
  std::string_view rest_;
  std::size_t step_;
  bool fails_;
};

TEST(text_stream, memory_is_one_window) {
  memory_stream stream{"abc"};
  EXPECT_EQ(stream.window(), "abc");
  EXPECT_TRUE(stream.ended());
  stream.consume(2);
  EXPECT_EQ(stream.window(), "c");
  EXPECT_EQ(stream.position(), 2U);
  EXPECT_FALSE(stream.extend());
}

TEST(text_stream, a_buffer_keeps_what_was_not_consumed) {
  const std::string text = "0123456789";
  stepping_source source{text, 3, false};
  std::vector<char> buffer;
  buffered_stream stream{source, buffer};
  ASSERT_TRUE(stream.extend());
  EXPECT_EQ(stream.window(), "012");
  stream.consume(2);
  ASSERT_TRUE(stream.extend());
  EXPECT_EQ(stream.window(), "2345");
  EXPECT_EQ(stream.position(), 2U);
  while (stream.extend()) {
  }
  EXPECT_EQ(stream.window(), "23456789");
  EXPECT_TRUE(stream.ended());
  EXPECT_FALSE(stream.failure().has_value());
}

TEST(text_stream, a_buffer_grows_for_a_value_of_any_size) {
  const std::string text(3'000'000, 'x');
  stepping_source source{text, 100'000, false};
  std::vector<char> buffer;
  buffered_stream stream{source, buffer};
  while (stream.extend()) {
  }
  EXPECT_EQ(stream.window(), text);
}

TEST(text_stream, begins_with_text_that_was_read_before) {
  stepping_source source{"def", 3, false};
  std::vector<char> buffer{'a', 'b', 'c'};
  buffered_stream stream{source, buffer, 3};
  EXPECT_EQ(stream.window(), "abc");
  while (stream.extend()) {
  }
  EXPECT_EQ(stream.window(), "abcdef");
}

TEST(text_stream, says_why_it_ended_early) {
  stepping_source source{"ab", 2, true};
  std::vector<char> buffer;
  buffered_stream stream{source, buffer};
  EXPECT_TRUE(stream.extend());
  EXPECT_FALSE(stream.extend());
  EXPECT_TRUE(stream.ended());
  EXPECT_EQ(stream.window(), "ab");
  ASSERT_TRUE(stream.failure().has_value());
  EXPECT_EQ(stream.failure()->code, errc::corrupt);
}

TEST(stream_source, hands_a_stream_on_as_bytes) {
  stepping_source source{"abcdef", 2, false};
  std::vector<char> buffer;
  buffered_stream stream{source, buffer};
  ASSERT_TRUE(stream.extend());
  stream_source rest{stream};
  std::string got;
  char piece[4];
  for (std::size_t size = 1; size != 0;) {
    size = rest.read(piece, sizeof piece).value();
    got.append(piece, size);
  }
  EXPECT_EQ(got, "abcdef");
}

}  // namespace
}  // namespace trailbell
