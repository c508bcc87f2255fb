#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <nlohmann/json.hpp>
#include <sstream>

#include "trailbell/emit/file_sink.hpp"

namespace trailbell::emit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class stdout_sink_test : public ::testing::Test {
 protected:
  stdout_sink_test() {
    std::signal(SIGPIPE, SIG_IGN);
    EXPECT_EQ(pipe2(ends_.data(), O_CLOEXEC), 0);
    EXPECT_EQ(fcntl(ends_[0], F_SETFL, O_NONBLOCK), 0);
    options_.descriptor = ends_[1];
    options_.timeout = std::chrono::milliseconds{1};
    options_.on_closed = [this] { ++closed_; };
  }
  ~stdout_sink_test() override {
    close_reader();
    close(ends_[1]);
  }
  void close_reader() {
    if (ends_[0] >= 0) {
      close(std::exchange(ends_[0], -1));
    }
  }

  void take() {
    std::array<char, 65536> block{};
    for (ssize_t got = 0; (got = read(ends_[0], block.data(), block.size())) > 0;) {
      arrived_.append(block.data(), static_cast<std::size_t>(got));
    }
  }

  static delivery_result deliver(sink& to, const std::string& id, std::size_t padding = 0) {
    const std::string agent(padding, 'x');
    alert one;
    one.event_id = id;
    one.user_agent = agent;
    const std::array<const alert*, 1> given{&one};
    return to.deliver(given);
  }

  std::vector<std::string> ids() const {
    std::vector<std::string> found;
    std::istringstream lines{arrived_};
    for (std::string line; std::getline(lines, line);) {
      found.push_back(nlohmann::json::parse(line)["event_id"]);
    }
    return found;
  }

  std::array<int, 2> ends_{};
  stdout_sink_options options_;
  std::string arrived_;
  int closed_ = 0;
};

TEST_F(stdout_sink_test, writes_at_once) {
  const auto sink = open_stdout_sink(options_);
  EXPECT_EQ(deliver(*sink, "a").what, delivery::accepted);
  take();
  EXPECT_THAT(ids(), ElementsAre("a"));
}

TEST_F(stdout_sink_test, a_reader_that_went_away_asks_for_a_stop_once_and_nothing_is_accepted) {
  const auto sink = open_stdout_sink(options_);
  close_reader();
  for (int i = 0; i < 2; ++i) {
    const delivery_result got = deliver(*sink, "a");
    EXPECT_EQ(got.what, delivery::retry);
    EXPECT_THAT(got.reason, HasSubstr("went away"));
  }
  EXPECT_EQ(closed_, 1);
}

TEST_F(stdout_sink_test, a_line_that_a_slow_reader_has_half_of_is_finished_before_the_next) {
  const auto sink = open_stdout_sink(options_);
  constexpr std::size_t more_than_a_pipe = 200'000;
  for (int i = 0; i < 3; ++i) {
    const delivery_result got = deliver(*sink, "a", more_than_a_pipe);
    EXPECT_EQ(got.what, delivery::retry);
    EXPECT_THAT(got.reason, HasSubstr("takes nothing"));
  }
  delivery_result got;
  do {
    take();
    got = deliver(*sink, "b");
  } while (got.what == delivery::retry);
  take();
  EXPECT_THAT(ids(), ElementsAre("a", "b")) << "whole lines; the attempts in between wrote none";
  EXPECT_EQ(closed_, 0);
}

}  // namespace
}  // namespace trailbell::emit
