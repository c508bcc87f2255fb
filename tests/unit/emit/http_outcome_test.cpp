#include "emit/http_outcome.hpp"

#include <gtest/gtest.h>

namespace trailbell::emit {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t now_s = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT

delivery_result verdict(aws::http_response response, std::vector<std::string> secrets = {}) {
  return judge(response, {"https://h", std::move(secrets), now_s});
}

TEST(http_outcome, every_status_has_its_verdict) {
  for (int status = 200; status < 600; ++status) {
    delivery wanted = delivery::refused;
    if (status < 300) {
      wanted = delivery::accepted;
    } else if (status < 400 || status >= 500 || status == 401 || status == 403 || status == 407 ||
               status == 408 || status == 425 || status == 429) {
      wanted = delivery::retry;
    }
    const delivery_result got = verdict({status, {}, "why"});
    EXPECT_EQ(got.what, wanted) << status;
    if (wanted != delivery::accepted) {
      EXPECT_NE(got.reason.find("https://h answered " + std::to_string(status)), std::string::npos);
      EXPECT_NE(got.reason.find(": why"), std::string::npos);
    } else {
      EXPECT_EQ(got.reason, "");
    }
  }
}

TEST(http_outcome, says_what_to_mend) {
  EXPECT_NE(verdict({401, {}, ""}).reason.find("credentials"), std::string::npos);
  EXPECT_NE(verdict({302, {}, ""}).reason.find("URL"), std::string::npos);
}

TEST(http_outcome, shows_a_bounded_piece_of_the_answer_without_control_characters) {
  const std::string reason = verdict({400, {}, "\x1b[2Jbad\n" + std::string(1000, 'x')}).reason;
  EXPECT_EQ(reason.find('\x1b'), std::string::npos);
  EXPECT_EQ(reason.find('\n'), std::string::npos);
  EXPECT_NE(reason.find("bad"), std::string::npos);
  EXPECT_LT(reason.size(), 400U);
}

TEST(http_outcome, shows_no_secret_that_the_answer_repeats) {
  const std::string secret = "Splunk 0123-4567";
  const std::string body = std::string(295, 'x') + secret + " and " + secret;
  const std::string reason = verdict({400, {}, body}, {"", secret}).reason;
  EXPECT_EQ(reason.find("Splu"), std::string::npos) << reason;
  EXPECT_EQ(verdict({400, {}, secret + "!"}, {secret}).reason, "https://h answered 400: ***!");
}

TEST(http_outcome, believes_the_wait_only_of_who_says_later) {
  EXPECT_EQ(verdict({429, {{"Retry-After", "7"}}, ""}).wait, 7s);
  EXPECT_EQ(verdict({503, {{"retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"}}, ""}).wait, 30s);
  EXPECT_FALSE(verdict({400, {{"Retry-After", "7"}}, ""}).wait);
  EXPECT_FALSE(verdict({429, {}, ""}).wait);
}

TEST(http_outcome, a_lost_body_leaves_what_the_status_says) {
  const auto lost = [](int status) {
    return judge(aws::net_failure{aws::net_fault::closed, "it broke", status},
                 {"https://h", {}, 0});
  };
  EXPECT_EQ(lost(200).what, delivery::accepted);
  EXPECT_EQ(lost(400).what, delivery::refused);
  EXPECT_EQ(lost(500).what, delivery::retry);
  EXPECT_EQ(lost(0).what, delivery::retry);
  EXPECT_EQ(lost(0).reason, "it broke");
}

TEST(retry_after, is_seconds_or_a_date_in_three_forms) {
  EXPECT_EQ(parse_retry_after("120", now_s), 120s);
  EXPECT_EQ(parse_retry_after("0 ", now_s), 0s);
  for (const char* const date : {"Sun, 06 Nov 1994 08:51:37 GMT", "Sunday, 06-Nov-94 08:51:37 GMT",
                                 "Sun Nov  6 08:51:37 1994"}) {
    EXPECT_EQ(parse_retry_after(date, now_s), 120s) << date;
  }
  EXPECT_EQ(parse_retry_after("Sat, 05 Nov 1994 08:51:37 GMT", now_s), 0s);
}

TEST(retry_after, of_any_other_text_is_none_and_never_endless) {
  for (const char* const text : {"", " ", "-1", "1.5", "soon", "120s", "Sun, 06 Nov 1994",
                                 "Sun, 06 Nov 1994 08:51:37 GMT."}) {
    EXPECT_FALSE(parse_retry_after(text, now_s)) << text;
  }
  EXPECT_EQ(parse_retry_after("99999999999999999999", now_s), 365 * 24h);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 9994 08:51:37 GMT", now_s), 365 * 24h);
}

}  // namespace
}  // namespace trailbell::emit
