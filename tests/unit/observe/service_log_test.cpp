#include "trailbell/observe/service_log.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

#include "trailbell/base/limits.hpp"

namespace trailbell::observe {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t start = 1'772'600'767 * second + 123'000'000;  // 2026-03-04T05:06:07.123Z

// What a log wrote on stderr while it lived.
class written {
 public:
  explicit written(log_options options) {
    testing::internal::CaptureStderr();
    options.now_ns = [this] { return now_ns; };
    log_ = std::make_unique<service_log>(std::move(options));
  }
  written(const written&) = delete;
  written& operator=(const written&) = delete;
  ~written() {
    if (log_) {
      lines();
    }
  }

  service_log* operator->() { return log_.get(); }
  std::vector<std::string> lines() {
    log_.reset();
    std::istringstream text{testing::internal::GetCapturedStderr()};
    std::vector<std::string> all;
    for (std::string line; std::getline(text, line);) {
      all.push_back(line);
    }
    return all;
  }

  std::int64_t now_ns = start;

 private:
  std::unique_ptr<service_log> log_;
};

std::string only_line(written& log) {
  const std::vector<std::string> lines = log.lines();
  EXPECT_EQ(lines.size(), 1U);
  return lines.empty() ? "" : lines.front();
}

TEST(service_log, writes_lines_of_text) {
  written log{{}};
  log->log(
      log_level::warning, "sink.retry", "the receiver is busy",
      {{"sink", "pager"}, {"alerts", std::uint64_t{7}}, {"again_s", 1.5}, {"why", "a b=\"c\""}});
  EXPECT_EQ(only_line(log),
            "2026-03-04T05:06:07.123Z warning sink.retry: the receiver is busy sink=pager alerts=7 "
            "again_s=1.5 why=\"a b=\\\"c\\\"\"");
}

TEST(service_log, writes_lines_of_json) {
  written log{{.format = log_format::json}};
  log->log(log_level::error, "source.ended", "broker \"k1\" said:\nno",
           {{"source", "kafka"}, {"lag", std::int64_t{-1}}, {"fatal", true}, {"nan", NAN}});
  const auto line = nlohmann::json::parse(only_line(log));
  EXPECT_EQ(line["time"], "2026-03-04T05:06:07.123Z");
  EXPECT_EQ(line["level"], "error");
  EXPECT_EQ(line["kind"], "source.ended");
  EXPECT_EQ(line["text"], "broker \"k1\" said:\nno");
  EXPECT_EQ(line["source"], "kafka");
  EXPECT_EQ(line["lag"], -1);
  EXPECT_EQ(line["fatal"], true);
  EXPECT_TRUE(line["nan"].is_null());
}

TEST(service_log, leaves_out_what_is_below_its_level) {
  written log{{.level_min = log_level::warning}};
  log->log(log_level::debug, "a", "not this");
  log->log(log_level::info, "a", "nor this");
  log->log(log_level::warning, "a", "this");
  EXPECT_TRUE(only_line(log).ends_with("warning a: this"));
}

TEST(service_log, shows_nothing_that_could_fool_a_terminal) {
  const std::string evil =
      "\x1b[2J\r\n\x9b"
      "1m\xe2\x80\xae"
      "cod.exe\xf3\xa0\x81\x81";
  written text{{}};
  text->log(log_level::info, "a", evil, {{"field", evil}});
  const std::string line = only_line(text);
  EXPECT_NE(line.find("a: \\u{1b}[2J\\u{d}\\u{a}\\x9b1m\\u{202e}cod.exe\\u{e0041}"),
            std::string::npos)
      << line;
  written json{{.format = log_format::json}};
  json->log(log_level::info, "a", evil, {{"field", evil}});
  const std::string object = only_line(json);
  EXPECT_EQ(object.find_first_of("\x1b\r\n\x9b"), std::string::npos);
  EXPECT_EQ(object.find("\xf3\xa0"), std::string::npos);
  EXPECT_EQ(object.find("\xe2\x80\xae"), std::string::npos);
  const auto parsed = nlohmann::json::parse(object);
  EXPECT_EQ(parsed["text"],
            "\x1b[2J\r\n\xef\xbf\xbd"
            "1m\xe2\x80\xae"
            "cod.exe\xf3\xa0\x81\x81");
  EXPECT_EQ(parsed["field"], parsed["text"]);
}

TEST(service_log, shows_no_secret) {
  written log{{.secrets = {"hunter2hunter2", "abc", ""}}};
  log->log(log_level::info, "a", "password hunter2hunter2hunter2hunter2, abc",
           {{"url", "https://u:hunter2hunter2@host/"}});
  EXPECT_TRUE(only_line(log).ends_with("a: password ******, abc url=https://u:***@host/"));
}

TEST(service_log, cuts_long_texts_between_characters_and_leaves_no_half_of_a_secret) {
  const std::string secret = "s3cr3t-of-some-length";
  std::string text(limits::log_text_bytes_max - 5, 'x');
  written log{{.secrets = {secret}}};
  log->log(log_level::info, "a", text + secret + std::string(100'000, 'y'));
  text.resize(limits::log_text_bytes_max - 1);
  log->log(log_level::info, "b", text + "\xe2\x82\xac");
  const auto lines = log.lines();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].find("s3c"), std::string::npos);
  EXPECT_TRUE(lines[0].ends_with("xx***yy...")) << lines[0].substr(lines[0].size() - 40);
  EXPECT_TRUE(lines[1].ends_with("..."));
  EXPECT_EQ(lines[1].find("\\x"), std::string::npos);
}

TEST(service_log, folds_a_burst_into_one_line_a_minute) {
  written log{{}};
  for (int i = 0; i < 180; ++i) {  // three minutes, ten a second
    for (int j = 0; j < 10; ++j) {
      log->log(log_level::warning, "sink.retry", "attempt " + std::to_string(i * 10 + j));
    }
    log.now_ns += second;
    log->tick();
  }
  log->log(log_level::info, "other", "is not held back");
  const auto lines = log.lines();
  ASSERT_EQ(lines.size(), 5U + 3U + 1U);
  EXPECT_TRUE(lines[4].ends_with("attempt 4"));
  EXPECT_TRUE(lines[5].ends_with(
      "05:07:07.123Z warning sink.retry: attempt 599 (the last of 595 like it that were held back "
      "for 60 s)"))
      << lines[5];
  EXPECT_TRUE(
      lines[6].ends_with("attempt 1199 (the last of 600 like it that were held back for 60 s)"));
  EXPECT_TRUE(
      lines[7].ends_with("attempt 1799 (the last of 600 like it that were held back for 60 s)"));
}

TEST(service_log, writes_again_after_a_quiet_minute) {
  written log{{}};
  for (int i = 0; i < 20; ++i) {
    log->log(log_level::info, "a", "flood");
  }
  log.now_ns += 60 * second;
  log->tick();  // tells of 15
  log.now_ns += 60 * second;
  log->tick();  // nothing came
  log->log(log_level::info, "a", "single");
  const auto lines = log.lines();
  ASSERT_EQ(lines.size(), 7U);
  EXPECT_TRUE(lines[6].ends_with("a: single"));
}

TEST(service_log, tells_at_its_end_what_it_held_back) {
  written log{{.format = log_format::json}};
  for (int i = 0; i < 8; ++i) {
    log->log(log_level::error, "a", "x");
  }
  log.now_ns += 3 * second;
  const auto lines = log.lines();
  ASSERT_EQ(lines.size(), 6U);
  const auto last = nlohmann::json::parse(lines.back());
  EXPECT_EQ(last["held_back"], 3);
  EXPECT_EQ(last["seconds"], 3);
  EXPECT_EQ(last["level"], "error");
}

TEST(service_log, bounds_the_kinds_that_it_remembers) {
  written log{{}};
  for (int i = 0; i < 2'000; ++i) {
    log->log(log_level::info, "kind" + std::to_string(i), "x");
  }
  EXPECT_EQ(log.lines().size(), 256U + 5U + 1U);
}

TEST(service_log, goes_on_when_the_clock_is_put_back) {
  written log{{}};
  for (int i = 0; i < 6; ++i) {
    log->log(log_level::info, "a", "x");
  }
  log.now_ns -= 3'600 * second;
  log->tick();
  EXPECT_EQ(log.lines().size(), 6U);
}

TEST(service_log, writes_whole_lines_from_several_threads) {
  written log{{}};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&log, i] {
      for (int j = 0; j < 200; ++j) {
        log->log(log_level::info, "t" + std::to_string(i), std::string(500, 'z'));
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const auto lines = log.lines();
  ASSERT_EQ(lines.size(), 4U * 6U);
  for (const std::string& line : lines) {
    EXPECT_NE(line.find(": " + std::string(500, 'z')), std::string::npos) << line;
  }
}

}  // namespace
}  // namespace trailbell::observe
