#include "trailbell/emit/text_output.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

namespace trailbell::emit {
namespace {

class text_output_test : public testing::Test {
 protected:
  text_output_test() {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(pipe2(ends_.data(), O_NONBLOCK), 0);
  }
  ~text_output_test() override {
    if (ends_[0] >= 0) {
      close(ends_[0]);
    }
  }
  std::string arrived() {
    std::string text(1000, '\0');
    const ssize_t size = read(ends_[0], text.data(), text.size());
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
  }
  std::array<int, 2> ends_{};
};

TEST_F(text_output_test, gathers_until_it_is_flushed) {
  text_output output{ends_[1], "results", "a pipe"};
  output.text() += "one\n";
  EXPECT_TRUE(output.settle());
  EXPECT_EQ(arrived(), "");
  output.text() += "two\n";
  EXPECT_TRUE(output.flush());
  EXPECT_EQ(arrived(), "one\ntwo\n");
  EXPECT_EQ(output.text(), "");
}

TEST_F(text_output_test, flushes_when_it_ends) {
  { text_output{ends_[1], "results", "a pipe"}.text() += "last\n"; }
  EXPECT_EQ(arrived(), "last\n");
}

TEST_F(text_output_test, tells_a_reader_that_went_away_from_a_failure) {
  text_output output{ends_[1], "results", "a pipe"};
  close(ends_[0]);
  ends_[0] = -1;
  output.text() += "x";
  const result<done> outcome = output.flush();
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.failure().code, errc::output_closed);
  EXPECT_EQ(outcome.failure().message, "cannot write results to a pipe: Broken pipe");
}

}  // namespace
}  // namespace trailbell::emit
