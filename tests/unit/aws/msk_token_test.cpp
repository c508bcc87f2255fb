#include "trailbell/aws/msk_token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace trailbell::aws {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr unix_time in_2015{seconds{1440938160}};  // 2015-08-30T12:36:00Z
const msk_wish in_virginia{"us-east-1", "trailbell/0.1.0"};

credentials example() {
  credentials keys;
  keys.access_key_id = "AKIDEXAMPLE";
  keys.secret_access_key = secret{"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
  keys.source = "example";
  return keys;
}

// What AWS's SDK for Python makes of the same keys at the same time, by the same call as AWS's
// signer for MSK.
TEST(msk_token, is_what_the_signers_of_aws_make) {
  const bearer_token token = msk_token(example(), in_virginia, in_2015);
  EXPECT_EQ(token.value.reveal(),
            "aHR0cHM6Ly9rYWZrYS51cy1lYXN0LTEuYW1hem9uYXdzLmNvbS8_QWN0aW9uPWthZmthLWNsdXN0ZXIlM0FDb2"
            "5uZWN0JlgtQW16LUFsZ29yaXRobT1BV1M0LUhNQUMtU0hBMjU2JlgtQW16LUNyZWRlbnRpYWw9QUtJREVYQU1Q"
            "TEUlMkYyMDE1MDgzMCUyRnVzLWVhc3QtMSUyRmthZmthLWNsdXN0ZXIlMkZhd3M0X3JlcXVlc3QmWC1BbXotRG"
            "F0ZT0yMDE1MDgzMFQxMjM2MDBaJlgtQW16LUV4cGlyZXM9OTAwJlgtQW16LVNpZ25lZEhlYWRlcnM9aG9zdCZY"
            "LUFtei1TaWduYXR1cmU9YzQxM2E4M2JjNjRhMzM5ZTMxYTVlNWU5ZWQ5OWQ3NzhmZjg0MzIwNmI0Mjc1NDBjYW"
            "ZhNTEyMmMwMWUzZTk5MyZVc2VyLUFnZW50PXRyYWlsYmVsbCUyRjAuMS4w");
  EXPECT_EQ(token.expires, in_2015 + seconds{900});
  EXPECT_EQ(token.principal, "kafka-cluster");
}

TEST(msk_token, of_a_session_has_its_token) {
  credentials keys = example();
  keys.session_token = secret{"AQoDYXdzEPT//////////wEXAMPLE+to/ken=="};
  EXPECT_EQ(msk_token(keys, {"eu-central-1", "trailbell/0.1.0"}, in_2015).value.reveal(),
            "aHR0cHM6Ly9rYWZrYS5ldS1jZW50cmFsLTEuYW1hem9uYXdzLmNvbS8_QWN0aW9uPWthZmthLWNsdXN0ZXIlM0"
            "FDb25uZWN0JlgtQW16LUFsZ29yaXRobT1BV1M0LUhNQUMtU0hBMjU2JlgtQW16LUNyZWRlbnRpYWw9QUtJREVY"
            "QU1QTEUlMkYyMDE1MDgzMCUyRmV1LWNlbnRyYWwtMSUyRmthZmthLWNsdXN0ZXIlMkZhd3M0X3JlcXVlc3QmWC"
            "1BbXotRGF0ZT0yMDE1MDgzMFQxMjM2MDBaJlgtQW16LUV4cGlyZXM9OTAwJlgtQW16LVNlY3VyaXR5LVRva2Vu"
            "PUFRb0RZWGR6RVBUJTJGJTJGJTJGJTJGJTJGJTJGJTJGJTJGJTJGJTJGd0VYQU1QTEUlMkJ0byUyRmtlbiUzRC"
            "UzRCZYLUFtei1TaWduZWRIZWFkZXJzPWhvc3QmWC1BbXotU2lnbmF0dXJlPTVjYjg0NjZlMzY5Zjg2Yzg0MTVi"
            "Y2VjOTVhNGUzOTQwOTlmZGUzZDFjMjc4NGI0ZDY4ODUxYTI4Y2JhOWQzYmMmVXNlci1BZ2VudD10cmFpbGJlbG"
            "wlMkYwLjEuMA");
}

TEST(msk_token, ends_with_the_keys_where_that_is_sooner) {
  credentials keys = example();
  keys.expires = in_2015 + seconds{60};
  EXPECT_EQ(msk_token(keys, in_virginia, in_2015).expires, in_2015 + seconds{60});
  keys.expires = in_2015 + seconds{3600};
  EXPECT_EQ(msk_token(keys, in_virginia, in_2015).expires, in_2015 + seconds{900});
}

// Hands out what it is given, the last one again and again.
class listed_credentials final : public credentials_source {
 public:
  explicit listed_credentials(std::vector<result<credentials>> all) : all_{std::move(all)} {}
  result<credentials> get() override {
    const result<credentials> one = all_.front();
    if (all_.size() > 1) {
      all_.erase(all_.begin());
    }
    return one;
  }
  void forget() override {}

 private:
  std::vector<result<credentials>> all_;
};

bearer_tokens tokens_of(std::vector<result<credentials>> all) {
  return msk_tokens(std::make_unique<listed_credentials>(std::move(all)), in_virginia,
                    [] { return in_2015; });
}

TEST(msk_tokens, each_is_made_of_the_keys_of_its_time) {
  credentials later = example();
  later.access_key_id = "AKIDLATER";
  const bearer_tokens tokens = tokens_of({example(), later});
  EXPECT_EQ(tokens().value().value, msk_token(example(), in_virginia, in_2015).value);
  EXPECT_EQ(tokens().value().value, msk_token(later, in_virginia, in_2015).value);
}

TEST(msk_tokens, there_is_none_without_keys_and_one_again_once_there_are) {
  const bearer_tokens tokens = tokens_of({error{errc::unreadable, "nobody has any"}, example()});
  EXPECT_EQ(tokens().failure().message, "nobody has any");
  EXPECT_TRUE(tokens().ok());
}

TEST(msk_tokens, keys_that_are_over_make_none_and_are_not_shown) {
  credentials old = example();
  old.expires = in_2015;
  const std::string said = tokens_of({old})().failure().message;
  EXPECT_EQ(said, "the credentials that example gave have expired already");
  EXPECT_THAT(said, Not(HasSubstr("wJalr")));
}

result<bearer_tokens> opened(std::map<std::string, std::string> environment,
                             const msk_wish& wish = {}) {
  credentials_options options;
  options.environment =
      [all = std::move(environment)](const std::string& name) -> std::optional<std::string> {
    const auto found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional{found->second};
  };
  options.now = [] { return in_2015; };
  return open_msk_tokens(std::move(options), wish);
}

TEST(open_msk_tokens, signs_with_what_the_environment_says) {
  const auto tokens = opened({{"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"},
                              {"AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"},
                              {"AWS_REGION", "us-east-1"}},
                             {"", "trailbell/0.1.0"});
  ASSERT_TRUE(tokens.ok());
  EXPECT_EQ(tokens.value()().value().value, msk_token(example(), in_virginia, in_2015).value);
}

TEST(open_msk_tokens, needs_a_region) {
  EXPECT_EQ(opened({}).failure().message,
            "no region of the cluster: write 'region', or set AWS_REGION");
  EXPECT_EQ(opened({}, {"us.east"}).failure().message,
            "the region of the cluster, 'us.east', is none");
  EXPECT_TRUE(opened({}, {"us-east-1"}).ok());  // keys are asked for later
}

}  // namespace
}  // namespace trailbell::aws
