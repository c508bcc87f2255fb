#include "trailbell/decode/json_reader.hpp"

#include <gtest/gtest.h>

#include <string>

#include "trailbell/base/limits.hpp"

namespace trailbell::decode {
namespace {

// The document printed again, or what was wrong with it.
std::string read(std::string_view text) {
  json_reader reader;
  json_tree tree;
  if (!reader.read(text, tree)) {
    EXPECT_TRUE(tree.empty());
    return std::to_string(reader.offset()) + ": " + reader.reason();
  }
  std::string out;
  append_json(tree.root(), out);
  return out;
}

TEST(json_reader, reads_every_kind_of_value) {
  const std::string text = R"({"a":[1,-2.5e+3,"x",true,false,null,{},[]],"b":{"c":"d"}})";
  EXPECT_EQ(read(text), text);
  for (const char* scalar : {"1", "\"x\"", "true", "false", "null", "[]", "{}"}) {
    EXPECT_EQ(read(scalar), scalar);
  }
}

TEST(json_reader, passes_over_white_space_between_tokens_only) {
  EXPECT_EQ(read(" \t\r\n{ \"a\" : [ 1 , 2 ] , \"b\" : { } }\n"), R"({"a":[1,2],"b":{}})");
  EXPECT_NE(read("\f1"), "1");
  EXPECT_NE(read("1 2"), "1");
}

TEST(json_reader, keeps_the_spelling_of_numbers_of_any_size) {
  for (const char* number : {"0", "-0", "-0.0", "9007199254740993", "18446744073709551616",
                             "123456789012345678901234567890", "1e309", "1E-999", "0.10"}) {
    EXPECT_EQ(read(number), number);
  }
}

TEST(json_reader, refuses_what_is_no_number) {
  for (const char* wrong :
       {"01", "-", "+1", ".5", "5.", "1e", "1e+", "0x10", "NaN", "--1", "1.e2", "Infinity", "-a"}) {
    EXPECT_TRUE(read(wrong).find(": ") != std::string::npos) << wrong;
  }
}

TEST(json_reader, decodes_escapes_and_replaces_lone_surrogates) {
  json_reader reader;
  json_tree tree;
  ASSERT_TRUE(
      reader.read(R"(["\"\\\/\b\f\n\r\t","\u0041\u00e9\ud83d\ude00","\ud800x\udc00"])", tree));
  EXPECT_EQ(tree.root().at(0)->text(), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(tree.root().at(1)->text(), "A\xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_EQ(tree.root().at(2)->text(), "\xef\xbf\xbdx\xef\xbf\xbd");
  ASSERT_TRUE(reader.read(R"({"\u0061":1,"a":2})", tree));
  EXPECT_EQ(tree.root().size(), 1U);
  EXPECT_EQ(tree.root().find("a")->text(), "2");
}

TEST(json_reader, refuses_broken_strings) {
  for (const char* wrong : {"\"", "\"a", "\"\\", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"a\nb\"",
                            "\"\t\"", "\"\\\n\"", "'a'"}) {
    EXPECT_TRUE(read(wrong).find(": ") != std::string::npos) << wrong;
  }
}

TEST(json_reader, says_where_and_why_a_document_is_broken) {
  EXPECT_EQ(read(""), "0: the document is cut off");
  EXPECT_EQ(read("{\"a\":1} x"), "8: text follows the document");
  EXPECT_EQ(read("{\"a\":1}}"), "7: text follows the document");
  EXPECT_EQ(read("[1,]"), "3: no value");
  EXPECT_EQ(read("{\"a\":1,}"), "7: a key is missing");
  EXPECT_EQ(read("{,}"), "1: a key is missing");
  EXPECT_EQ(read("[,1]"), "1: no value");
  EXPECT_EQ(read("{\"a\" 1}"), "5: a colon is missing");
  EXPECT_EQ(read("[1 2]"), "3: a comma is missing");
  EXPECT_EQ(read("[1}"), "2: a comma is missing");
  EXPECT_EQ(read("{\"a\":1"), "6: the document is cut off");
  EXPECT_EQ(read("[tru]"), "1: no value");
  EXPECT_EQ(read("not JSON"), "0: no value");
  EXPECT_EQ(read("truex"), "4: text follows the document");
}

TEST(json_reader, bounds_the_depth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(read(nested(limits::json_depth_max)), nested(limits::json_depth_max));
  EXPECT_EQ(read(nested(limits::json_depth_max + 1)),
            std::to_string(limits::json_depth_max) + ": nested too deeply");
}

TEST(json_reader, bounds_the_number_of_values) {
  std::string text = "[";
  while (text.size() < 2 * limits::json_values_max) {
    text += "1,";
  }
  EXPECT_EQ(read(text + "1]"),
            std::to_string(text.size() - 2) + ": more values than any record has");
  text.resize(text.size() - 3);
  EXPECT_EQ(read(text + "]").size(), text.size() + 1);
}

TEST(json_reader, passes_bytes_that_are_no_utf8_inside_strings) {
  json_reader reader;
  json_tree tree;
  ASSERT_TRUE(reader.read("\"a\xff\"", tree));
  EXPECT_EQ(tree.root().text(), "a\xff");
}

TEST(json_reader, reads_again_after_a_failure) {
  json_reader reader;
  json_tree tree;
  EXPECT_FALSE(reader.read("[{\"a\":[", tree));
  ASSERT_TRUE(reader.read("[2]", tree));
  EXPECT_EQ(tree.root().at(0)->text(), "2");
}

}  // namespace
}  // namespace trailbell::decode
