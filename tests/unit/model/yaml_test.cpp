#include "trailbell/model/yaml.hpp"

#include <gtest/gtest.h>

#include <string>

#include "trailbell/base/limits.hpp"

namespace trailbell {
namespace {

yaml_file read(std::string text) {
  result<yaml_file, file_problem> file = read_yaml("a.yaml", std::move(text));
  EXPECT_TRUE(file.ok()) << (file ? "" : file.failure().message());
  return file ? std::move(file.value()) : yaml_file{};
}

yaml_node document(std::string text) {
  yaml_file file = read(std::move(text));
  EXPECT_EQ(file.documents.size(), 1U);
  return file.documents.empty() ? yaml_node{} : std::move(file.documents.front());
}

std::string message(std::string text) {
  const result<yaml_file, file_problem> file = read_yaml("a.yaml", std::move(text));
  if (file) {
    return file.value().problems.empty() ? "accepted" : file.value().problems.front().message();
  }
  return file.failure().message();
}

TEST(yaml, keeps_keys_in_order_with_their_places) {
  const yaml_node root = document("b: 1\na:\n  - x\n  -  'y'\n");
  ASSERT_EQ(root.kind, yaml_kind::mapping);
  ASSERT_EQ(root.members.size(), 2U);
  EXPECT_EQ(root.members[0].key, "b");
  EXPECT_EQ(root.members[0].at, (text_place{1, 1}));
  EXPECT_EQ(root.members[0].value.at, (text_place{1, 4}));
  EXPECT_EQ(root.members[1].at, (text_place{2, 1}));
  const yaml_node& list = root.members[1].value;
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[0].at, (text_place{3, 5}));
  EXPECT_EQ(list.items[1].at, (text_place{4, 6}));
}

TEST(yaml, tells_a_plain_scalar_from_a_quoted_one) {
  const yaml_node list = document("[true, 'true', 12, \"12\", ~, '', 1.5e3, yes, -7, 0x1f, null]");
  const std::vector<yaml_type> types{yaml_type::boolean, yaml_type::text, yaml_type::integer,
                                     yaml_type::text,    yaml_type::null, yaml_type::text,
                                     yaml_type::decimal, yaml_type::text, yaml_type::integer,
                                     yaml_type::text,    yaml_type::null};
  ASSERT_EQ(list.items.size(), types.size());
  for (std::size_t i = 0; i < types.size(); ++i) {
    EXPECT_EQ(list.items[i].type(), types[i]) << list.items[i].text;
  }
}

TEST(yaml, a_block_is_a_text_whatever_it_holds) {
  const yaml_node root = document("a: |\n  true\nb: >-\n  12\n");
  EXPECT_EQ(root.find("a")->value.text, "true\n");
  EXPECT_EQ(root.find("a")->value.type(), yaml_type::text);
  EXPECT_EQ(root.find("b")->value.type(), yaml_type::text);
}

TEST(yaml, reads_every_document_of_a_file) {
  const yaml_file file = read("a: 1\n---\nb: 2\n--- text\n");
  ASSERT_EQ(file.documents.size(), 3U);
  EXPECT_EQ(file.documents[1].members[0].at, (text_place{3, 1}));
  EXPECT_EQ(file.documents[2].text, "text");
  EXPECT_TRUE(read("# nothing but a comment\n").documents.empty());
  EXPECT_TRUE(read("").documents.empty());
}

TEST(yaml, refuses_a_key_that_repeats) {
  EXPECT_EQ(message("a: 1\nb: 2\na: 3\n"),
            "a.yaml:3:1: the key 'a' repeats; it stands in line 1 already");
  EXPECT_EQ(message("- {x: 1, 'x': 2}\n"),
            "a.yaml:1:10: the key 'x' repeats; it stands in line 1 already");
}

TEST(yaml, reads_on_behind_a_repeated_key_and_a_tag) {
  const auto file = read_yaml("a.yaml", "a: 1\na: {b: 2}\nc: !x {d: 3, d: 4, e: !y z}\nf:\nf:\n");
  ASSERT_TRUE(file.ok());
  const yaml_node& root = file.value().documents.at(0);
  ASSERT_EQ(root.members.size(), 3U);
  EXPECT_EQ(root.find("a")->value.text, "1");
  EXPECT_EQ(root.find("c")->value.find("d")->value.text, "3");
  EXPECT_EQ(root.find("c")->value.find("e")->value.text, "z");
  EXPECT_EQ(file.value().problems.size(), 5U);
}

TEST(yaml, says_where_it_is_no_yaml) {
  EXPECT_EQ(message("a: [1, 2\nb: 3\n").substr(0, 9), "a.yaml:2:");
  EXPECT_EQ(message("a: 'x\n"), "a.yaml:1:4: this quote is not closed; close it");
  EXPECT_EQ(message("a: 'it''s\n"), "a.yaml:1:4: this quote is not closed; close it");
  EXPECT_EQ(message("b: 1\na: \"x\\\"\n"), "a.yaml:2:4: this quote is not closed; close it");
  EXPECT_EQ(message("a: 1\n b: 2\n").substr(0, 11), "a.yaml:2:3:");
  EXPECT_EQ(message("ab: \xff\n"),
            "a.yaml:1:5: a byte that is no UTF-8 text; save the file as UTF-8");
}

TEST(yaml, refuses_tags_and_keys_that_are_no_scalars) {
  EXPECT_EQ(message("a: !!binary abcd\n"), "a.yaml:1:4: a tag; leave it out; quote what is a text");
  EXPECT_EQ(message("? [a]\n: b\n"), "a.yaml:1:3: a key that is no scalar; write a text");
}

TEST(yaml, follows_aliases_and_bounds_what_they_expand_to) {
  const yaml_node root = document("a: &x {k: [1, 2]}\nb: *x\n");
  EXPECT_EQ(root.find("b")->value.find("k")->value.items.size(), 2U);
  EXPECT_EQ(root.find("b")->value.at, (text_place{2, 4}));
  EXPECT_EQ(message("a: &x [*x]\n"),
            "a.yaml:1:8: an alias of something that contains it; write out what it stands for");
  std::string bomb = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*l" + std::to_string(i - 1);
    bomb += "l" + std::to_string(i) + ": &l" + std::to_string(i) + " [" + before;
    for (int k = 1; k < 10; ++k) {
      bomb += ", " + before;
    }
    bomb += "]\n";
  }
  EXPECT_NE(message(bomb).find("more than 50000 values in one file"), std::string::npos);
}

TEST(yaml, bounds_depth_and_size) {
  EXPECT_NE(message(std::string(70, '[') + std::string(70, ']')).find("nested too deeply"),
            std::string::npos);
  EXPECT_NE(message(std::string(100'000, '[')).find("a.yaml:1:"), std::string::npos);
  EXPECT_NE(message(std::string(limits::yaml_bytes_max + 1, 'a')).find("larger than 1 MiB"),
            std::string::npos);
}

TEST(yaml, an_anchor_does_not_reach_into_the_next_document) {
  EXPECT_NE(message("a: &x 1\n---\nb: *x\n"), "accepted");
}

// The place of `needle`, asked for by its offset in the value of `key`.
text_place place_of(const std::string& text, std::string_view key, std::string_view needle) {
  const yaml_file file = read(text);
  const yaml_node& value = file.documents.at(0).find(key)->value;
  const std::size_t offset = value.text.find(needle);
  EXPECT_NE(offset, std::string::npos) << value.text;
  return file.place_in(value, offset);
}

TEST(yaml, finds_a_byte_of_a_scalar_in_the_file_whatever_its_style) {
  EXPECT_EQ(place_of("p: abc def\n", "p", "def"), (text_place{1, 8}));
  EXPECT_EQ(place_of("p: abc\n  def ghi\n", "p", "ghi"), (text_place{2, 7}));
  EXPECT_EQ(place_of("p: 'it''s X'\n", "p", "X"), (text_place{1, 11}));
  EXPECT_EQ(place_of("p: 'a\n   b X'\n", "p", "X"), (text_place{2, 6}));
  EXPECT_EQ(place_of("p: \"a\\\"\\x41\\u00e4 X\"\n", "p", "X"), (text_place{1, 19}));
  EXPECT_EQ(place_of("p: \"\\\n  {($.a=1)||\\\n  ($.b=X)}\"\n", "p", "X"), (text_place{3, 8}));
  EXPECT_EQ(place_of("p: \"a\n  b\n\n  X\"\n", "p", "X"), (text_place{4, 3}));
  EXPECT_EQ(place_of("p: >-\n  a b\n  c X\n", "p", "X"), (text_place{3, 5}));
  EXPECT_EQ(place_of("p: >-\n  a b\n\n\n  c X\n", "p", "X"), (text_place{5, 5}));
  EXPECT_EQ(place_of("p: |\n  a b\n    c X\n", "p", "X"), (text_place{3, 7}));
  EXPECT_EQ(place_of("p: |2-\r\n  a b\r\n  c X\r\n", "p", "X"), (text_place{3, 5}));
}

TEST(yaml, finds_the_end_of_a_scalar_and_gives_up_behind_an_alias) {
  const yaml_file file = read("p: &a 'ab'\nq: *a\n");
  const yaml_node& root = file.documents.at(0);
  EXPECT_EQ(file.place_in(root.find("p")->value, 0), (text_place{1, 8}));
  EXPECT_EQ(file.place_in(root.find("p")->value, 2), (text_place{1, 10}));
  EXPECT_EQ(file.place_in(root.find("q")->value, 1), (text_place{2, 4}));
}

TEST(yaml_node, is_a_whole_number_where_it_is_plain_digits) {
  const auto whole = [](const std::string& text) {
    const auto file = read_yaml("a.yaml", "a: " + text + "\n");
    EXPECT_TRUE(file.ok()) << text;
    return file.value().documents.at(0).find("a")->value.whole();
  };
  EXPECT_EQ(whole("0"), 0U);
  EXPECT_EQ(whole("007"), 7U);
  EXPECT_EQ(whole("18446744073709551615"), 18446744073709551615U);
  for (const char* const other :
       {"18446744073709551616", "+5", "-5", "5.0", "5e1", "'5'", "five", "[5]", "{5: 5}", ""}) {
    EXPECT_EQ(whole(other), std::nullopt) << other;
  }
}

}  // namespace
}  // namespace trailbell
