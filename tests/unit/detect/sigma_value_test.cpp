// What a value of a Sigma rule holds for: texts, wildcards, numbers, null, lists, objects.
#include <gtest/gtest.h>

#include "support/sigma_asked.hpp"

namespace trailbell::test {
namespace {

TEST(sigma_value, a_text_is_equal_whatever_the_case_of_its_letters) {
  EXPECT_TRUE(selects("{eventName: CreateUser}", R"({"eventName":"createUSER"})"));
  EXPECT_FALSE(selects("{eventName: CreateUser}", R"({"eventName":"CreateUsers"})"));
  EXPECT_FALSE(selects("{eventName: CreateUser}", R"({"eventName":"reateUser"})"));
  EXPECT_FALSE(selects("{eventName: CreateUser}", R"({"eventname":"CreateUser"})"));
  EXPECT_FALSE(selects("{eventName: CreateUser}", R"({"a":{"eventName":"CreateUser"}})"));
}

TEST(sigma_value, letters_beyond_ascii_keep_their_case) {
  EXPECT_TRUE(selects("{a: \"\\u00e9X\"}", "{\"a\":\"\xc3\xa9x\"}"));
  EXPECT_FALSE(selects("{a: \"\\u00e9\"}", "{\"a\":\"\xc3\x89\"}"));
}

TEST(sigma_value, cased_keeps_the_case) {
  EXPECT_TRUE(selects("{eventName|cased: Create*}", R"({"eventName":"CreateUser"})"));
  EXPECT_FALSE(selects("{eventName|cased: Create*}", R"({"eventName":"createUser"})"));
  EXPECT_FALSE(selects("{eventName|contains|cased: User}", R"({"eventName":"createuser"})"));
  EXPECT_TRUE(selects("{eventName|cased|endswith: User}", R"({"eventName":"createUser"})"));
}

TEST(sigma_value, wildcards_stand_for_any_run_and_any_one_character) {
  EXPECT_TRUE(selects("{a: 'x*z'}", R"({"a":"xyyz"})"));
  EXPECT_TRUE(selects("{a: 'x*z'}", R"({"a":"xz"})"));
  EXPECT_FALSE(selects("{a: 'x*z'}", R"({"a":"xza"})"));
  EXPECT_TRUE(selects("{a: 'x?z'}", R"({"a":"xyz"})"));
  EXPECT_FALSE(selects("{a: 'x?z'}", R"({"a":"xz"})"));
  EXPECT_TRUE(selects("{a: 'x?z'}", "{\"a\":\"x\xc3\xa9z\"}")) << "one character of two bytes";
  EXPECT_FALSE(selects("{a: 'x??z'}", "{\"a\":\"x\xc3\xa9z\"}"));
  EXPECT_TRUE(selects("{a: '*'}", R"({"a":""})"));
  EXPECT_FALSE(selects("{a: '*'}", R"({"a":null})"));
  EXPECT_FALSE(selects("{a: '?*'}", R"({"a":""})"));
}

TEST(sigma_value, a_wildcard_takes_as_much_as_the_rest_leaves) {
  EXPECT_TRUE(selects("{a: '*ab*abc'}", R"({"a":"xababcabc"})"));
  EXPECT_TRUE(selects("{a: '*a?c*'}", R"({"a":"aabac abc"})"));
  EXPECT_TRUE(selects("{a: 'a*b?*d'}", R"({"a":"abbcd"})"));
  EXPECT_FALSE(selects("{a: 'a*b?*bd'}", R"({"a":"abd"})"));
  EXPECT_TRUE(selects("{a: '**a**'}", R"({"a":"bab"})"));
  EXPECT_TRUE(selects("{a: '*?b'}", R"({"a":"aab"})"));
}

TEST(sigma_value, a_backslash_takes_the_meaning_from_a_wildcard) {
  EXPECT_TRUE(selects(R"({a: 'x\*'})", R"({"a":"x*"})"));
  EXPECT_FALSE(selects(R"({a: 'x\*'})", R"({"a":"xy"})"));
  EXPECT_TRUE(selects(R"({a: 'x\?'})", R"({"a":"x?"})"));
  EXPECT_TRUE(selects(R"({a: 'C:\Windows'})", R"({"a":"C:\\Windows"})")) << "itself before others";
  EXPECT_TRUE(selects(R"({a: 'C:\\Windows'})", R"({"a":"C:\\Windows"})"));
  EXPECT_TRUE(selects(R"({a: 'C:\\*'})", R"({"a":"C:\\Windows"})")) << "a backslash, any run";
  EXPECT_FALSE(selects(R"({a: 'C:\\*'})", R"({"a":"C:/"})"));
  EXPECT_TRUE(selects(R"({a: 'C:\\\*'})", R"({"a":"C:\\*"})")) << "a backslash, a star";
  EXPECT_TRUE(selects(R"({a: '\\\x'})", R"({"a":"\\\\x"})")) << "three are two";
  EXPECT_TRUE(selects(R"({a: '\\\\x'})", R"({"a":"\\\\x"})")) << "four are two";
  EXPECT_TRUE(selects(R"({a: 'x\'})", R"({"a":"x\\"})"));
}

TEST(sigma_value, an_empty_text_is_an_empty_text) {
  EXPECT_TRUE(selects("{a: ''}", R"({"a":""})"));
  EXPECT_FALSE(selects("{a: ''}", R"({"a":" "})"));
  EXPECT_FALSE(selects("{a: ''}", R"({"a":null})"));
  EXPECT_FALSE(selects("{a: ''}", R"({})"));
}

TEST(sigma_value, null_is_a_field_that_is_null_or_absent) {
  for (const char* const record : {"{}", R"({"errorCode":null})", R"({"errorCode":["x",null]})"}) {
    EXPECT_TRUE(selects("{errorCode: null}", record)) << record;
    EXPECT_TRUE(selects("{errorCode: }", record)) << record;
  }
  for (const char* const record :
       {R"({"errorCode":""})", R"({"errorCode":"null"})", R"({"errorCode":[]})"}) {
    EXPECT_FALSE(selects("{errorCode: null}", record)) << record;
  }
  EXPECT_FALSE(selects("{errorCode: 'null'}", R"({"errorCode":null})"));
  EXPECT_TRUE(selects("{errorCode|neq: null}", R"({"errorCode":"AccessDenied"})"));
  EXPECT_FALSE(selects("{errorCode|neq: null}", "{}"));
}

TEST(sigma_value, numbers_are_equal_by_value_or_as_they_are_written) {
  EXPECT_TRUE(selects("{a: 5}", R"({"a":5})"));
  EXPECT_TRUE(selects("{a: 5}", R"({"a":5.0})"));
  EXPECT_TRUE(selects("{a: 5}", R"({"a":"5"})"));
  EXPECT_FALSE(selects("{a: 5}", R"({"a":"5.0"})"));
  EXPECT_TRUE(selects("{a: '5'}", R"({"a":5})"));
  EXPECT_FALSE(selects("{a: '5'}", R"({"a":5.0})"));
  EXPECT_TRUE(selects("{a: 012345678901}", R"({"a":"012345678901"})")) << "an account";
  EXPECT_TRUE(selects("{a|startswith: 0123}", R"({"a":"012345678901"})"));
  EXPECT_TRUE(selects("{a|contains: 44}", R"({"a":1443})"));
  EXPECT_TRUE(selects("{a: 9007199254740993}", R"({"a":9007199254740993})"));
  EXPECT_FALSE(selects("{a: 9007199254740993}", R"({"a":9007199254740992})"));
}

TEST(sigma_value, booleans_are_the_texts_true_and_false) {
  EXPECT_TRUE(selects("{a: 'false'}", R"({"a":false})"));
  EXPECT_TRUE(selects("{a: false}", R"({"a":false})"));
  EXPECT_TRUE(selects("{a: false}", R"({"a":"False"})"));
  EXPECT_TRUE(selects("{a: True}", R"({"a":true})"));
  EXPECT_FALSE(selects("{a: true}", R"({"a":false})"));
  EXPECT_FALSE(selects("{a: true}", R"({"a":1})"));
}

TEST(sigma_value, of_a_list_in_the_record_one_element_suffices) {
  EXPECT_TRUE(selects("{a: y}", R"({"a":["x","y"]})"));
  EXPECT_TRUE(selects("{a: y}", R"({"a":["x",["y"]]})"));
  EXPECT_FALSE(selects("{a: y}", R"({"a":["x","z"]})"));
  EXPECT_TRUE(selects("{a.b|contains: y}", R"({"a":[{"b":1},{"b":["xyz"]}]})"));
  EXPECT_FALSE(selects("{a: y}", R"({"a":[]})"));
  EXPECT_TRUE(selects("{a|contains|all: [x, y]}", R"({"a":["ax","by"]})"))
      << "each value by an element of its own";
  EXPECT_FALSE(selects("{a|neq: y}", R"({"a":["x","y"]})"));
}

TEST(sigma_value, an_object_is_searched_as_compact_json) {
  const char* const record = R"({"a":{"x": [1, true, null], "y": {"s": "q"}}})";
  EXPECT_TRUE(selects(R"({a|contains: '"y":{"s":"q"}'})", record));
  EXPECT_TRUE(selects(R"({a|contains: '[1,true,null]'})", record));
  EXPECT_TRUE(selects("{a|startswith: '{'}", record));
  EXPECT_TRUE(selects("{a|re: '\"x\":.1,'}", record));
  EXPECT_FALSE(selects("{a: q}", record)) << "a text within is not the value";
  EXPECT_TRUE(selects("{a: '*q*'}", record));
  EXPECT_FALSE(selects("{a: null}", record));
}

TEST(sigma_value, texts_within_an_object_are_found_without_their_escapes_too) {
  const char* const record = R"({"requestParameters":{"policyDocument":"{\"Action\":\"s3:*\"}"}})";
  EXPECT_TRUE(selects(R"({requestParameters|contains: '"Action":"s3:\*"'})", record));
  EXPECT_TRUE(selects(R"({requestParameters|contains: '\"Action'})", record));
  EXPECT_FALSE(selects(R"({requestParameters|contains: '"Action": '})", record));
}

TEST(sigma_value, of_several_values_one_has_to_hold_or_all) {
  EXPECT_TRUE(selects("{a: [x, y]}", R"({"a":"Y"})"));
  EXPECT_FALSE(selects("{a: [x, y]}", R"({"a":"z"})"));
  EXPECT_TRUE(selects("{a|contains|all: [x, y]}", R"({"a":"axby"})"));
  EXPECT_FALSE(selects("{a|contains|all: [x, y]}", R"({"a":"ax"})"));
  EXPECT_TRUE(selects("{a|all|contains: [x, y]}", R"({"a":"axby"})"));
}

TEST(sigma_value, a_number_stands_in_a_list_beside_texts) {
  EXPECT_TRUE(selects("{a: [443, any]}", R"({"a":443})"));
  EXPECT_TRUE(selects("{a: [443, any]}", R"({"a":"ANY"})"));
}

}  // namespace
}  // namespace trailbell::test
