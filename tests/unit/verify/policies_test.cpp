#include <gtest/gtest.h>

#include <string>

#include "trailbell/decode/json_reader.hpp"
#include "verify/composite_rule.hpp"
#include "verify/message_filter.hpp"
#include "verify/resource_policy.hpp"

namespace trailbell::verify {
namespace {

permission publish(const std::string& statements) {
  return permission_of(R"({"Version":"2012-10-17","Statement":)" + statements + "}",
                       {"cloudwatch.amazonaws.com", "sns:Publish", "arn:aws:sns:r:1:t",
                        "arn:aws:cloudwatch:r:1:alarm:a", "1", true});
}

TEST(resource_policy, allows_whom_it_names) {
  for (const char* const principal :
       {R"("*")", R"({"AWS":"*"})", R"({"Service":"cloudwatch.amazonaws.com"})",
        R"({"Service":["s3.amazonaws.com","cloudwatch.amazonaws.com"]})",
        R"({"AWS":"arn:aws:iam::1:root"})", R"({"AWS":["1"]})"}) {
    EXPECT_EQ(publish(std::string{R"({"Effect":"Allow","Action":"SNS:Pub*","Resource":"*",)"} +
                      R"("Principal":)" + principal + "}"),
              permission::allowed)
        << principal;
  }
  for (const char* const principal :
       {R"({"Service":"s3.amazonaws.com"})", R"({"AWS":"arn:aws:iam::2:root"})", R"({})"}) {
    EXPECT_EQ(
        publish(std::string{R"([{"Effect":"Allow","Action":"*","Principal":)"} + principal + "}]"),
        permission::refused)
        << principal;
  }
}

TEST(resource_policy, a_deny_goes_first_and_what_is_not_known_stays_unknown) {
  const std::string allow = R"({"Effect":"Allow","Principal":"*","Action":"sns:Publish"})";
  const auto with = [&](const std::string& more) {
    return publish("[" + allow + "," + more + "]");
  };
  EXPECT_EQ(with(R"({"Effect":"Deny","Principal":"*","Action":"sns:*"})"), permission::refused);
  EXPECT_EQ(with(R"({"Effect":"Deny","Principal":"*","NotAction":"sns:Publish"})"),
            permission::allowed);
  EXPECT_EQ(with(R"({"Effect":"Deny","Principal":"*","Action":"sns:Publish",)"
                 R"("Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}})"),
            permission::unknown);
  EXPECT_EQ(with(R"({"Effect":"Deny","Principal":"*","Action":"sns:Publish",)"
                 R"("Condition":{"StringNotEquals":{"aws:SourceAccount":"1"}}})"),
            permission::allowed);
  EXPECT_EQ(publish("[]"), permission::refused);
  EXPECT_EQ(permission_of("not json", {}), permission::unknown);
}

TEST(resource_policy, wildcards_try_again) {
  EXPECT_TRUE(matches_wildcard("a*b?d", "aXbXbcd"));
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_FALSE(matches_wildcard("a*b", "aXc"));
  EXPECT_TRUE(matches_wildcard("SNS:publish", "sns:Publish", true));
}

passing passes(const char* policy, const char* message) {
  decode::json_reader reader;
  json_tree a;
  json_tree b;
  EXPECT_TRUE(reader.read(policy, a) && reader.read(message, b));
  return passes_filter(a.root(), b.root());
}

TEST(message_filter, starves_what_asks_for_something_that_is_not_there) {
  EXPECT_EQ(passes("{}", "{}"), passing::yes);
  EXPECT_EQ(passes(R"({"team":["a"]})", "{}"), passing::no);
  EXPECT_EQ(passes(R"({"team":[{"exists":false}]})", "{}"), passing::yes);
  EXPECT_EQ(passes(R"({"a":["x",{"prefix":"y"}]})", R"({"a":"yes"})"), passing::yes);
  EXPECT_EQ(passes(R"({"a":[{"anything-but":["yes"]}]})", R"({"a":"yes"})"), passing::no);
  EXPECT_EQ(passes(R"({"a":[{"anything-but":{"prefix":"n"}}]})", R"({"a":"yes"})"), passing::yes);
  EXPECT_EQ(passes(R"({"a":{"b":[1]}})", R"({"a":{"b":1}})"), passing::yes);
  EXPECT_EQ(passes(R"({"a":[{"numeric":[">",0,"<=",5]}]})", R"({"a":5})"), passing::yes);
  EXPECT_EQ(passes(R"({"$or":[{"a":["x"]},{"b":["y"]}]})", R"({"b":"y"})"), passing::yes);
  EXPECT_EQ(passes(R"({"a":["x"]})", R"({"a":null})"), passing::maybe);
  EXPECT_EQ(passes(R"({"a":[{"unheard-of":1}]})", R"({"a":"x"})"), passing::maybe);
}

std::optional<bool> rule(std::string_view text) {
  return composite_holds(text, [](std::string_view name) {
    return name == "a"   ? alarm_state::alarm
           : name == "b" ? alarm_state::ok
                         : alarm_state::insufficient_data;
  });
}

TEST(composite_rule, is_read_as_aws_writes_it) {
  EXPECT_EQ(rule("ALARM(a)"), true);
  EXPECT_EQ(rule("ALARM(\"a\") AND NOT OK(b)"), false);
  EXPECT_EQ(rule("(ALARM(b) OR INSUFFICIENT_DATA(c)) AND TRUE"), true);
  EXPECT_EQ(rule("FALSE OR ALARM(b) AND ALARM(a)"), false);
  EXPECT_EQ(rule("AT_LEAST(1, ALARM, (a, b, c))"), true);
  EXPECT_EQ(rule("AT_LEAST(50%, NOT ALARM, (a, b, c))"), true);
  EXPECT_EQ(rule("AT_LEAST(3, ALARM, (a, b))"), false);
  for (const std::string_view odd : {"", "ALARM(a", "ALARM()", "alarm(a)", "ALARM(a) ALARM(b)"}) {
    EXPECT_EQ(rule(odd), std::nullopt) << odd;
  }
}

}  // namespace
}  // namespace trailbell::verify
