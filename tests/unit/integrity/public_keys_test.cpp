#include "trailbell/integrity/public_keys.hpp"

#include <gmock/gmock.h>

#include "trailbell/base/text.hpp"
#include "unit/integrity/signer.hpp"

namespace trailbell::integrity {
namespace {

using ::testing::HasSubstr;

std::string entry(const std::string& der) {
  return "{\"Fingerprint\":\"AB\",\"Value\":\"" + in_base64(der) + "\"}";
}

TEST(public_keys, are_read_as_the_aws_cli_writes_them_and_alone) {
  const std::string der = test::the_aws().der();
  for (const std::string& text :
       {"{\"PublicKeyList\":[" + entry(der) + "]}", "[" + entry(der) + "]", entry(der)}) {
    const auto keys = read_public_keys(text);
    ASSERT_TRUE(keys) << text;
    EXPECT_EQ(keys.value(), (public_keys{{"ab", der}}));
  }
}

TEST(public_keys, are_refused_where_one_is_none) {
  const std::string der = test::the_aws().der();
  for (const std::string& text :
       {std::string{"{}"}, std::string{"[{}]"}, std::string{"7"}, entry("no key"),
        entry(test::the_aws().spki()), entry(der + "x"), entry(der.substr(1)),
        std::string{R"([{"Fingerprint":"a","Value":"?"}])"}}) {
    EXPECT_FALSE(read_public_keys(text)) << text;
  }
  const auto refused = read_public_keys("{\"PublicKeyList\":");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.failure().message, HasSubstr("byte 17"));
}

TEST(key_ring, knows_a_key_that_there_is_not_from_one_that_could_not_be_had) {
  key_ring keys;
  keys.add("us-east-1", public_keys{{"f", "der"}});
  keys.add("eu-west-1", error{errc::unreadable, "denied"});
  ASSERT_TRUE(keys.find("us-east-1", "f"));
  EXPECT_EQ(*keys.find("us-east-1", "f").value(), "der");
  EXPECT_EQ(keys.find("us-east-1", "g").value(), nullptr);
  EXPECT_EQ(keys.find("eu-west-1", "f").failure().message, "denied");
  EXPECT_FALSE(keys.find("sa-east-1", "f"));
}

TEST(key_ring, of_one_list_has_it_for_every_region) {
  const key_ring keys{public_keys{{"f", "der"}}};
  EXPECT_EQ(*keys.find("mars-1", "f").value(), "der");
}

}  // namespace
}  // namespace trailbell::integrity
