#include "trailbell/model/json_tree.hpp"

#include <gtest/gtest.h>

#include "trailbell/model/json_builder.hpp"

namespace trailbell {
namespace {

class builder_for_test {
 public:
  explicit builder_for_test(json_tree& tree) { builder.begin(tree); }
  builder_for_test& key(std::string_view name) {
    builder.pool().append(name);
    builder.key();
    return *this;
  }
  builder_for_test& text(std::string_view value) {
    builder.pool().append(value);
    builder.text();
    return *this;
  }
  builder_for_test& number(std::string_view spelling) {
    builder.pool().append(spelling);
    builder.number();
    return *this;
  }
  json_builder builder;
};

std::string printed(const json_tree& tree) {
  std::string out;
  append_json(tree.root(), out);
  return out;
}

TEST(json_tree, is_empty_until_it_is_built) {
  json_tree tree;
  EXPECT_TRUE(tree.empty());
  builder_for_test{tree}.text("a");
  EXPECT_FALSE(tree.empty());
  EXPECT_TRUE(tree.root().is(json_kind::text));
  tree.clear();
  EXPECT_TRUE(tree.empty());
}

TEST(json_tree, gives_members_by_key_and_elements_by_index) {
  json_tree tree;
  builder_for_test b{tree};
  b.builder.open(json_kind::object);
  b.key("name").text("alice");
  b.key("list");
  b.builder.open(json_kind::array);
  b.number("1e400");
  b.builder.null();
  b.builder.boolean(true);
  b.builder.close();
  b.builder.close();

  const json_value root = tree.root();
  EXPECT_EQ(root.size(), 2U);
  EXPECT_EQ(root.find("name")->text(), "alice");
  EXPECT_EQ(root.find("name")->key(), "name");
  EXPECT_FALSE(root.find("Name"));
  EXPECT_FALSE(root.at(0));
  const json_value list = *root.find("list");
  EXPECT_EQ(list.at(0)->text(), "1e400");
  EXPECT_TRUE(list.at(1)->is(json_kind::null));
  EXPECT_TRUE(list.at(2)->truth());
  EXPECT_FALSE(list.at(3));
  EXPECT_FALSE(list.find("0"));
  EXPECT_EQ(printed(tree), R"({"name":"alice","list":[1e400,null,true]})");
}

TEST(json_tree, of_a_key_that_repeats_keeps_the_last_value) {
  json_tree tree;
  builder_for_test b{tree};
  b.builder.open(json_kind::object);
  b.key("a").number("1").key("b").number("2").key("a").number("3").key("c").number("4");
  b.key("a").text("5");
  b.builder.close();
  EXPECT_EQ(tree.root().size(), 3U);
  EXPECT_EQ(tree.root().find("a")->text(), "5");
  EXPECT_EQ(printed(tree), R"({"b":2,"c":4,"a":"5"})");
}

TEST(json_tree, tells_equal_keys_of_different_objects_apart) {
  json_tree tree;
  builder_for_test b{tree};
  b.builder.open(json_kind::object);
  b.key("a");
  b.builder.open(json_kind::object);
  b.key("a").number("1");
  b.builder.close();
  b.key("b").number("2");
  b.builder.close();
  EXPECT_EQ(printed(tree), R"({"a":{"a":1},"b":2})");
}

TEST(json_tree, a_copy_is_independent) {
  json_tree copy;
  {
    json_tree tree;
    builder_for_test{tree}.text("a text that is too long for the small string optimisation");
    copy = tree;
    builder_for_test{tree}.number("1");
  }
  EXPECT_EQ(copy.root().text(), "a text that is too long for the small string optimisation");
}

TEST(json_tree, every_kind_has_a_name) {
  EXPECT_EQ(name_of(json_kind::null), "null");
  EXPECT_EQ(name_of(json_kind::boolean), "boolean");
  EXPECT_EQ(name_of(json_kind::number), "number");
  EXPECT_EQ(name_of(json_kind::text), "string");
  EXPECT_EQ(name_of(json_kind::array), "array");
  EXPECT_EQ(name_of(json_kind::object), "object");
}

}  // namespace
}  // namespace trailbell
