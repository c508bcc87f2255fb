#include "decode/base64.hpp"

#include <gtest/gtest.h>

#include "support/encodings.hpp"

namespace trailbell::decode {
namespace {

TEST(base64, decodes_the_vectors_of_rfc_4648) {
  for (const auto& [text, plain] : {std::pair{"", ""},
                                    {"Zg==", "f"},
                                    {"Zm8=", "fo"},
                                    {"Zm9v", "foo"},
                                    {"Zm9vYg==", "foob"},
                                    {"Zm9vYmE=", "fooba"},
                                    {"Zm9vYmFy", "foobar"}}) {
    std::string out;
    EXPECT_TRUE(append_base64(text, out)) << text;
    EXPECT_EQ(out, plain);
  }
}

TEST(base64, decodes_what_was_encoded_at_every_length) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    std::string out;
    EXPECT_TRUE(append_base64(test::base64(bytes), out));
    EXPECT_EQ(out, bytes);
    bytes.push_back(static_cast<char>(i * 37));
  }
}

TEST(base64, refuses_other_text) {
  for (const char* const bad : {"Zg=v", "Z", "Zm9v!", "Zm 9v\x01", "===="}) {
    std::string out;
    EXPECT_FALSE(append_base64(bad, out)) << bad;
  }
}

}  // namespace
}  // namespace trailbell::decode
