#include "decode/json_text.hpp"

#include <gtest/gtest.h>

namespace trailbell::decode {
namespace {

std::string text_of(std::string_view token) {
  std::string out;
  append_json_string(token, out);
  return out;
}

TEST(skip_json_value, finds_the_end_of_every_kind) {
  for (const std::string_view value :
       {R"({})", R"([])", R"("")", R"("a\"b\\")", R"({"a":[1,{"b":"}]"}]})", R"("\u005d")"}) {
    const std::string text = std::string{value} + " ,";
    const json_span found = skip_json_value(text, 0);
    EXPECT_EQ(found.status, json_status::complete) << value;
    EXPECT_EQ(found.end, value.size()) << value;
  }
  EXPECT_EQ(skip_json_value("17,", 0).end, 2U);
  EXPECT_EQ(skip_json_value("true]", 0).end, 4U);
}

TEST(skip_json_value, wants_more_of_a_value_that_is_cut_anywhere) {
  const std::string_view whole = R"({"a":[1,"x\"y\\",{"b":null}],"c":"\u00e9"})";
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    EXPECT_EQ(skip_json_value(whole.substr(0, cut), 0).status, json_status::need_more) << cut;
  }
  EXPECT_EQ(skip_json_value("17", 0).status, json_status::need_more);
}

TEST(skip_json_value, refuses_what_begins_no_value) {
  EXPECT_EQ(skip_json_value("}", 0).status, json_status::bad);
  EXPECT_EQ(skip_json_value("truu,", 0).status, json_status::bad);
}

TEST(skip_json_value, goes_as_deep_as_the_text) {
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(skip_json_value(deep, 0).end, deep.size());
}

TEST(json_members, gives_keys_and_values_in_order) {
  const std::string_view object = R"( {"a" : 1 , "b":{"c":"}"},"a":"x"} )";
  json_members members{object.substr(1)};
  std::string seen;
  while (members.next() == json_members::step::member) {
    ASSERT_EQ(members.skip_value(), json_members::step::member);
    seen += std::string{members.key()} + '=' + std::string{members.value()} + ';';
  }
  EXPECT_EQ(seen, R"("a"=1;"b"={"c":"}"};"a"="x";)");
}

TEST(json_members, says_what_is_wrong) {
  for (const std::string_view bad :
       {R"({"a" 1})", R"({"a":1 "b":2})", R"({a:1})", R"({,})", R"({"a":1,})"}) {
    json_members members{bad};
    json_members::step step = members.next();
    while (step == json_members::step::member) {
      step = members.skip_value() == json_members::step::member ? members.next()
                                                                : json_members::step::bad;
    }
    EXPECT_EQ(step, json_members::step::bad) << bad;
    EXPECT_STRNE(members.reason(), "") << bad;
  }
}

TEST(json_members, a_broken_member_does_not_hide_those_behind_it) {
  for (const std::string_view object :
       {R"({"a":truu,"b":2})", R"({"a" 1,"b":2})", R"({,"b":2})", R"({"a":1,,"b":2})",
        R"({x:{"b":3},"b":2})", R"({"a":nul{"x":"}"},"b":2,})"}) {
    std::string seen;
    const char* const wrong =
        each_json_member(object, [&](std::string_view key, std::string_view value) {
          seen = std::string{key} + std::string{value};
        });
    EXPECT_NE(wrong, nullptr) << object;
    EXPECT_EQ(seen, "\"b\"2") << object;
  }
}

TEST(json_members, a_cut_object_gives_what_precedes_the_cut) {
  int members = 0;
  EXPECT_STREQ(each_json_member(R"({"a":1,"b":"x)", [&](auto, auto) { ++members; }),
               "the object is cut off");
  EXPECT_EQ(members, 1);
}

TEST(json_string, decodes_escapes) {
  EXPECT_EQ(text_of(R"("plain")"), "plain");
  EXPECT_EQ(text_of(R"("\"\\\/\b\f\n\r\t")"), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(text_of(R"("\u0043reate\u00e9\u20AC")"), "Create\xc3\xa9\xe2\x82\xac");
  EXPECT_EQ(text_of(R"("\ud83d\ude00")"), "\xf0\x9f\x98\x80");
}

TEST(json_string, replaces_lone_surrogates_and_keeps_the_rest) {
  EXPECT_EQ(text_of(R"("a\ud83db")"),
            "a\xef\xbf\xbd"
            "b");
  EXPECT_EQ(text_of(R"("a\ude00")"), "a\xef\xbf\xbd");
  EXPECT_EQ(text_of(R"("\ud83d\u0041")"),
            "\xef\xbf\xbd"
            "A");
}

TEST(json_string, compares_by_meaning) {
  EXPECT_TRUE(json_string_is(R"("Records")", "Records"));
  EXPECT_TRUE(json_string_is(R"("Rec\u006frds")", "Records"));
  EXPECT_FALSE(json_string_is(R"("records")", "Records"));
}

}  // namespace
}  // namespace trailbell::decode
