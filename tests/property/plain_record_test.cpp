// The plain way to read a record and the careful one read the same of it; and the plain way leaves
// alone what is not sound where it looks.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "decode/record_cursor.hpp"
#include "support/adversarial_corpus.hpp"

namespace trailbell::test {
namespace {

std::string shown(const record_fields& f) {
  std::string all;
  const auto text = [&all](const text_view& value) {
    all += value ? '"' + std::string{*value} + "\"," : "-,";
  };
  const auto flag = [&all](std::optional<bool> value) {
    all += !value ? "-," : *value ? "true," : "false,";
  };
  for (const text_view& value : {f.event_id,
                                 f.event_name,
                                 f.event_source,
                                 f.event_time,
                                 f.event_type,
                                 f.event_category,
                                 f.aws_region,
                                 f.recipient_account_id,
                                 f.source_ip,
                                 f.user_agent,
                                 f.error_code,
                                 f.error_message,
                                 f.identity.type,
                                 f.identity.arn,
                                 f.identity.user_name,
                                 f.identity.principal_id,
                                 f.identity.account_id,
                                 f.identity.access_key_id,
                                 f.identity.invoked_by,
                                 f.identity.session_issuer_type,
                                 f.identity.session_issuer_arn,
                                 f.identity.session_issuer_user_name,
                                 f.identity.on_behalf_of_user_id,
                                 f.target.policy_arn,
                                 f.target.policy_name,
                                 f.target.role_name,
                                 f.target.user_name,
                                 f.target.group_name,
                                 f.target.created_policy_arn}) {
    text(value);
  }
  for (const std::optional<bool> value : {std::optional{f.failed}, std::optional{f.addendum},
                                          f.read_only, f.identity.mfa_authenticated}) {
    flag(value);
  }
  return all;
}

TEST(plain_record, reads_what_the_careful_way_reads) {
  adversarial_corpus corpus{31};
  decode::record_cursor plain, careful;
  std::size_t read = 0;
  constexpr std::size_t wanted = 20'000;
  for (std::size_t i = 0; i < wanted; ++i) {
    const std::string text = corpus.record();
    ASSERT_EQ(careful.read(text, true), decode::record_health::sound) << text;
    if (plain.read_plain(text)) {
      ++read;
      ASSERT_EQ(shown(plain.fields()), shown(careful.fields())) << text;
      ASSERT_EQ(plain.fields().raw, text);
    }
    ASSERT_EQ(plain.read(text, false), decode::record_health::sound) << text;
    ASSERT_EQ(shown(plain.fields()), shown(careful.fields())) << text;
    ASSERT_FALSE(plain.read_plain(text + text)) << text;
  }
  EXPECT_GT(read, wanted / 50) << "of the others each has a name with escapes; too few are left";
}

TEST(plain_record, reads_damaged_records_as_the_careful_way_does_or_not_at_all) {
  adversarial_corpus corpus{32};
  std::mt19937_64 random{33};
  decode::record_cursor plain, careful;
  std::size_t read = 0, left = 0;
  for (int i = 0; i < 40'000; ++i) {
    std::string text = corpus.record();
    const std::size_t at = random() % text.size();
    switch (random() % 3) {
      case 0:
        text.resize(at);
        break;
      case 1:
        text.erase(at, 1 + random() % 20);
        break;
      default:
        text[at] = "\"\\{}[],:\n\x01 x1"[random() % 13];
    }
    const bool is_read = plain.read_plain(text);
    ++(is_read ? read : left);
    if (careful.read(text, true) == decode::record_health::sound && is_read) {
      ASSERT_EQ(shown(plain.fields()), shown(careful.fields())) << text;
    }
  }
  EXPECT_GT(read, 500U);
  EXPECT_GT(left, 1000U);
}

}  // namespace
}  // namespace trailbell::test
