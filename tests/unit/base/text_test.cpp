#include "trailbell/base/text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace trailbell {
namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_text(text, out);
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  append_printable(text, out);
  return out;
}

TEST(json_text, escapes_what_rfc_8259_demands) {
  EXPECT_EQ(json(""), R"("")");
  EXPECT_EQ(json("plain text, long enough to be taken in one stride"),
            R"("plain text, long enough to be taken in one stride")");
  EXPECT_EQ(json("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json(std::string_view{"\0\n\x1f\x7f", 4}), R"("\u0000\u000a\u001f\u007f")");
  EXPECT_EQ(json("\xc3\xa9\xf0\x9f\x98\x80"), "\"\xc3\xa9\xf0\x9f\x98\x80\"");
}

TEST(json_text, replaces_bytes_that_are_no_utf8) {
  EXPECT_EQ(json("a\xff"
                 "b"),
            "\"a\xef\xbf\xbd"
            "b\"");
  EXPECT_EQ(json("\xc3"), "\"\xef\xbf\xbd\"");                                  // cut
  EXPECT_EQ(json("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");  // a surrogate
  EXPECT_EQ(json("\xc0\xaf"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");                  // overlong
}

TEST(printable, shows_what_could_move_or_hide_text_on_a_terminal) {
  EXPECT_EQ(printable("arn:aws:iam::1:user/\xc3\xa9"), "arn:aws:iam::1:user/\xc3\xa9");
  EXPECT_EQ(printable("\x1b[31m").find('\x1b'), std::string::npos);
  EXPECT_EQ(printable("a\r\nb").find_first_of("\r\n"), std::string::npos);
  EXPECT_EQ(printable("\xe2\x80\xae").find("\xe2\x80\xae"), std::string::npos);  // bidi override
  EXPECT_EQ(printable("\xe2\x80\x8b").find("\xe2\x80\x8b"), std::string::npos);  // zero width
  EXPECT_EQ(printable("\xc2\x9b").find("\xc2\x9b"), std::string::npos);          // C1: CSI
  EXPECT_EQ(printable("\xff"), "\\xff");
}

TEST(folded_text, differs_from_another_only_by_the_case_of_ascii_letters) {
  static_assert(fold_ascii('A') == 'a' && fold_ascii('Z') == 'z' && fold_ascii('z') == 'z');
  EXPECT_EQ(fold_ascii("@AZ[`az{09"), "@az[`az{09");
  EXPECT_EQ(fold_ascii("\xc3\x89T\xc3\x89"), "\xc3\x89t\xc3\x89");  // beyond ASCII as it is
  EXPECT_TRUE(equal_folded("CloudTrail", "cloudtrail"));
  EXPECT_TRUE(equal_folded("", ""));
  EXPECT_FALSE(equal_folded("cloudtrail", "CloudTrail"));  // the second is to be folded
  EXPECT_FALSE(equal_folded("cloudtrail", "cloudtrails"));
  EXPECT_FALSE(equal_folded("@", "`"));
}

TEST(quoted_text, stands_between_single_quotes) {
  EXPECT_EQ(in_quotes("a b"), "'a b'");
  EXPECT_EQ(in_quotes(""), "''");
}

TEST(comma_separated, has_no_comma_at_its_ends) {
  EXPECT_EQ(comma_separated(std::vector<std::string>{"a", "b c", "d"}), "a, b c, d");
  EXPECT_EQ(comma_separated(std::array<std::string_view, 1>{"a"}), "a");
  EXPECT_EQ(comma_separated(std::vector<std::string>{}), "");
}

TEST(utf8, decodes_each_length_and_refuses_the_rest) {
  EXPECT_EQ(decode_utf8("A", 0).value, U'A');
  EXPECT_EQ(decode_utf8("\xc3\xa9", 0).value, U'\u00e9');
  EXPECT_EQ(decode_utf8("\xe2\x82\xac", 0).value, U'\u20ac');
  EXPECT_EQ(decode_utf8("x\xf0\x9f\x98\x80", 1).size, 4U);
  EXPECT_EQ(decode_utf8("\x80", 0).size, 0U);
  EXPECT_EQ(decode_utf8("\xf4\x90\x80\x80", 0).size, 0U);  // beyond U+10FFFF
}

TEST(text, base64_is_that_of_the_rfc) {
  EXPECT_EQ(in_base64(""), "");
  EXPECT_EQ(in_base64("f"), "Zg==");
  EXPECT_EQ(in_base64("fo"), "Zm8=");
  EXPECT_EQ(in_base64("foo"), "Zm9v");
  EXPECT_EQ(in_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(in_base64("\xff\xfe\xfd"), "//79");
}

TEST(text, an_identifier_has_no_digit_first) {
  EXPECT_TRUE(is_identifier("_a9Z"));
  EXPECT_FALSE(is_identifier(""));
  EXPECT_FALSE(is_identifier("9a"));
  EXPECT_FALSE(is_identifier("a-b"));
}

TEST(text, trims_the_blanks_that_are_named) {
  EXPECT_EQ(trimmed("  a b ", " "), "a b");
  EXPECT_EQ(trimmed("\t a", " "), "\t a");
  EXPECT_EQ(trimmed(" \t", " \t"), "");
}

}  // namespace
}  // namespace trailbell
