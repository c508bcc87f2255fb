// JSON patterns: what each condition holds for.
#include "unit/detect/filter_cases.hpp"

namespace trailbell::detect {
namespace {

TEST(json_pattern, compares_text_exactly_and_with_case) {
  EXPECT_TRUE(matches(R"({ $.eventName = "CreatePolicy" })", R"({"eventName":"CreatePolicy"})"));
  EXPECT_TRUE(matches("{$.eventName=CreatePolicy}", R"({"eventName":"CreatePolicy"})"));
  EXPECT_FALSE(matches("{$.eventName=CreatePolicy}", R"({"eventName":"createPolicy"})"));
  EXPECT_FALSE(matches("{$.eventName=CreatePolicy}", R"({"eventName":"CreatePolicyVersion"})"));
  EXPECT_TRUE(matches(R"({ $.eventName = CreatePolicy })", R"({"eventName":"\u0043reatePolicy"})"));
  EXPECT_TRUE(matches(R"({ $.m = "say \"no\" \\ x" })", R"({"m":"say \"no\" \\ x"})"));
  EXPECT_TRUE(matches(R"({ $.m = "" })", R"({"m":""})"));
}

TEST(json_pattern, what_is_missing_or_no_text_and_no_number_compares_with_nothing) {
  for (const char* event : {"{}", R"({"a":null})", R"({"a":true})", R"({"a":{"b":1}})",
                            R"({"a":["x"]})", R"({"a":[]})"}) {
    EXPECT_FALSE(matches(R"({ $.a = "x" })", event)) << event;
    EXPECT_FALSE(matches(R"({ $.a != "x" })", event)) << event;
    EXPECT_FALSE(matches("{ $.a = * }", event)) << event;
    EXPECT_FALSE(matches("{ $.a != 1 }", event)) << event;
    EXPECT_FALSE(matches("{ $.a < 1 }", event)) << event;
    EXPECT_FALSE(matches("{ $.a = %x% }", event)) << event;
  }
  EXPECT_TRUE(matches(R"({ ($.a != "x") || ($.a NOT EXISTS) })", "{}"));
}

TEST(json_pattern, a_bare_number_is_a_number_to_numbers_and_its_spelling_to_text) {
  for (const char* same : {R"({"a":1})", R"({"a":1.0})", R"({"a":1e0})", R"({"a":"1"})"}) {
    EXPECT_TRUE(matches("{ $.a = 1 }", same)) << same;
    EXPECT_FALSE(matches("{ $.a != 1 }", same)) << same;
  }
  for (const char* other : {R"({"a":2})", R"({"a":"1.0"})", R"({"a":"x"})"}) {
    EXPECT_FALSE(matches("{ $.a = 1 }", other)) << other;
    EXPECT_TRUE(matches("{ $.a != 1 }", other)) << other;
  }
  EXPECT_TRUE(matches("{ $.a = +1 }", R"({"a":1})"));
  EXPECT_FALSE(matches("{ $.a = +1 }", R"({"a":"1"})"));
}

TEST(json_pattern, quoted_text_sees_a_number_as_java_spells_it) {
  EXPECT_TRUE(matches(R"({ $.a = "1" })", R"({"a":1})"));
  EXPECT_FALSE(matches(R"({ $.a = "1" })", R"({"a":1.0})"));
  EXPECT_TRUE(matches(R"({ $.a = "1.0" })", R"({"a":1e0})"));
  EXPECT_FALSE(matches(R"({ $.a = "1e0" })", R"({"a":1e0})"));
  EXPECT_TRUE(matches("{ $.a = 12* }", R"({"a":123})"));
  EXPECT_TRUE(matches("{ $.a = %^12% }", R"({"a":123})"));
}

TEST(json_pattern, orders_numbers_only) {
  EXPECT_TRUE(matches("{ $.a > 400 }", R"({"a":401})"));
  EXPECT_FALSE(matches("{ $.a > 400 }", R"({"a":400})"));
  EXPECT_TRUE(matches("{ $.a >= 400 }", R"({"a":400.0})"));
  EXPECT_TRUE(matches("{ $.a < -1.5 }", R"({"a":-2})"));
  EXPECT_TRUE(matches("{ $.a <= 1e3 }", R"({"a":1000})"));
  EXPECT_FALSE(matches("{ $.a > 400 }", R"({"a":"500"})"));
}

TEST(json_pattern, integers_are_exact_and_infinite_numbers_compare_with_nothing) {
  EXPECT_FALSE(matches("{ $.a = 9007199254740992 }", R"({"a":9007199254740993})"));
  EXPECT_TRUE(matches("{ $.a > 9007199254740992 }", R"({"a":9007199254740993})"));
  EXPECT_TRUE(matches("{ $.a = 0 }", R"({"a":1e-999})"));
  EXPECT_FALSE(matches("{ $.a = 1e309 }", R"({"a":1e309})"));
  EXPECT_FALSE(matches("{ $.a != 1 }", R"({"a":1e309})"));
  EXPECT_TRUE(matches("{ $.a != x }", R"({"a":1e309})"));
}

TEST(json_pattern, stars_match_any_run_leftmost_first_without_trying_again) {
  EXPECT_TRUE(matches(R"({ $.a = "*Policy*" })", R"({"a":"CreatePolicyVersion"})"));
  EXPECT_TRUE(matches("{ $.a = Create*Version }", R"({"a":"CreatePolicyVersion"})"));
  EXPECT_FALSE(matches("{ $.a = Create*Version }", R"({"a":"CreatePolicy"})"));
  EXPECT_TRUE(matches("{ $.a = a**b }", R"({"a":"ab"})"));
  EXPECT_FALSE(matches("{ $.a = *10.10 }", R"({"a":"10.10.10"})"));
  EXPECT_FALSE(matches("{ $.a = a*a }", R"({"a":"a"})"));
  EXPECT_TRUE(matches("{ $.a = * }", R"({"a":""})"));
  EXPECT_TRUE(matches("{ $.a = * }", R"({"a":0})"));
  EXPECT_TRUE(matches(R"({ $.a = "a?c" })", R"({"a":"a?c"})"));
  EXPECT_FALSE(matches(R"({ $.a = "a?c" })", R"({"a":"abc"})"));
}

TEST(json_pattern, true_and_false_are_text_unless_after_IS) {
  EXPECT_TRUE(matches("{ $.a = true }", R"({"a":"true"})"));
  EXPECT_FALSE(matches("{ $.a = true }", R"({"a":true})"));
  EXPECT_TRUE(matches("{ $.a IS TRUE }", R"({"a":true})"));
  EXPECT_FALSE(matches("{ $.a IS TRUE }", R"({"a":"true"})"));
  EXPECT_FALSE(matches("{ $.a IS TRUE }", R"({"a":false})"));
  EXPECT_TRUE(matches("{ $.a is false }", R"({"a":false})"));
}

TEST(json_pattern, null_exists) {
  EXPECT_TRUE(matches("{ $.a IS NULL }", R"({"a":null})"));
  EXPECT_FALSE(matches("{ $.a IS NULL }", "{}"));
  EXPECT_FALSE(matches("{ $.a IS NULL }", R"({"a":"null"})"));
  EXPECT_TRUE(matches("{ $.a IS NULL }", R"({"a":[1,null]})"));
  EXPECT_FALSE(matches("{ $.a IS NULL }", R"({"a":[[null]]})"));
  EXPECT_TRUE(matches("{ $.a NOT EXISTS }", "{}"));
  EXPECT_TRUE(matches("{ $.a.b Not Exists }", R"({"a":[{"b":1}]})"));
  EXPECT_FALSE(matches("{ $.a NOT EXISTS }", R"({"a":null})"));
}

TEST(json_pattern, selectors_step_through_members_and_elements) {
  const char* event = R"({"a.b":1,"a":{"b":[[5,6],{"c-d":7}]},"x y":8})";
  EXPECT_TRUE(matches("{ $.a.b[0][1] = 6 }", event));
  EXPECT_TRUE(matches("{ $.a.b[1].c-d = 7 }", event));
  EXPECT_TRUE(matches("{ $.['a.b'] = 1 }", event));
  EXPECT_TRUE(matches("{ $.['x y'] = 8 }", event));
  EXPECT_TRUE(matches("{ $.a.b[2] NOT EXISTS }", event));
  EXPECT_TRUE(matches("{ $.a.b[99999999999999999999999] NOT EXISTS }", event));
  EXPECT_TRUE(matches("{ $.a[0] NOT EXISTS && $.a.b.c NOT EXISTS }", event));
}

TEST(json_pattern, a_wildcard_walks_arrays_and_objects_and_any_of_them_will_do) {
  for (const char* event : {R"({"a":[1,2]})", R"({"a":{"x":2}})"}) {
    EXPECT_TRUE(matches("{ $.a[*] = 2 }", event)) << event;
    EXPECT_TRUE(matches("{ $.a.* = 2 }", event)) << event;
    EXPECT_FALSE(matches("{ $.a[*] = 3 }", event)) << event;
  }
  EXPECT_TRUE(matches("{ $.a[*].b > 1 }", R"({"a":[{"b":0},{"b":2}]})"));
  EXPECT_TRUE(matches("{ $.* = x }", R"({"p":1,"q":"x"})"));
  EXPECT_FALSE(matches("{ $.a[*] = 2 }", R"({"a":[[2]]})"));
  EXPECT_TRUE(matches("{ $.a[*].b = 1 && $.a[*].c = 2 }", R"({"a":[{"b":1},{"c":2}]})"));
}

TEST(json_pattern, not_equal_behind_a_wildcard_means_that_none_is_equal) {
  for (const char* event :
       {R"({"a":[1,3]})", R"({"a":[]})", R"({"a":null})", R"({"a":5})", R"({"a":[true,{}]})"}) {
    EXPECT_TRUE(matches("{ $.a[*] != 2 }", event)) << event;
  }
  EXPECT_FALSE(matches("{ $.a[*] != 2 }", R"({"a":[1,2]})"));
  EXPECT_FALSE(matches("{ $.a[*] != 2 }", "{}"));
  EXPECT_FALSE(matches("{ $.a[*].b != 2 }", R"({"a":[{"b":1},{"b":2}]})"));
  EXPECT_TRUE(matches("{ $.a[*].b != 2 }", R"({"a":[{"c":2}]})"));
}

TEST(json_pattern, states_behind_a_wildcard_are_about_its_elements) {
  EXPECT_TRUE(matches("{ $.a[*] IS NULL }", R"({"a":[1,null]})"));
  EXPECT_FALSE(matches("{ $.a[*] IS NULL }", R"({"a":[[null]]})"));
  EXPECT_TRUE(matches("{ $.a[*] IS TRUE }", R"({"a":[false,true]})"));
  for (const char* nothing : {"{}", R"({"a":[]})", R"({"a":1})", R"({"a":null})"}) {
    EXPECT_TRUE(matches("{ $.a[*] NOT EXISTS }", nothing)) << nothing;
  }
  EXPECT_FALSE(matches("{ $.a[*] NOT EXISTS }", R"({"a":[null]})"));
}

TEST(json_pattern, and_binds_closer_than_or) {
  EXPECT_TRUE(matches("{ $.a = 1 || $.b = 1 && $.c = 1 }", R"({"a":1})"));
  EXPECT_FALSE(matches("{ ($.a = 1 || $.b = 1) && $.c = 1 }", R"({"a":1})"));
  EXPECT_TRUE(matches("{ ((($.a = 1))) }", R"({"a":1})"));
}

TEST(json_pattern, holds_for_objects_only) {
  for (const char* event : {"not JSON", R"([{"a":1}])", R"({"a":1} x)", R"({"a":1)", "1", ""}) {
    EXPECT_FALSE(matches("{ $.a = 1 }", event)) << event;
    EXPECT_FALSE(matches("{ $.b NOT EXISTS }", event)) << event;
  }
  EXPECT_TRUE(matches("{ $.b NOT EXISTS }", "{}"));
}

TEST(json_pattern, of_a_repeated_key_the_last_value_counts) {
  EXPECT_TRUE(matches("{ $.a = 2 }", R"({"a":1,"a":2})"));
  EXPECT_FALSE(matches("{ $.a = 1 || $.* = 1 }", R"({"a":1,"a":2})"));
}

}  // namespace
}  // namespace trailbell::detect
