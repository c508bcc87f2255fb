// Modifiers, values and records in combinations that a careless reading gets wrong.
#include <gtest/gtest.h>

#include "support/sigma_asked.hpp"

namespace trailbell::test {
namespace {

struct combination {
  const char* selection;
  const char* record;
  bool holds;
};

void check(std::initializer_list<combination> all) {
  for (const combination& one : all) {
    EXPECT_EQ(selects(one.selection, one.record), one.holds) << one.selection << "  " << one.record;
  }
}

TEST(sigma_combination, neq_is_the_opposite_of_the_whole_line) {
  check({{"{a|neq: [x, y]}", R"({"a":"x"})", false},
         {"{a|neq: [x, y]}", R"({"a":"z"})", true},
         {"{a|neq|all: [x, y]}", R"({"a":"x"})", true},
         {"{a|neq|all: [x, y]}", R"({"a":["x","y"]})", false},
         {"{a|neq: x}", R"({"a":["x","y"]})", false},
         {"{a|neq: x}", "{}", true},
         {"{a|neq: null}", "{}", false},
         {"{a|neq|re: '^x'}", R"({"a":"yx"})", true},
         {"{a|neq|cidr: 10.0.0.0/8}", R"({"a":"no address"})", true}});
}

TEST(sigma_combination, nothing_empty_null_and_absent_are_four_things) {
  check({{"{a: ''}", R"({"a":""})", true},
         {"{a: ''}", R"({"a":null})", false},
         {"{a: ''}", "{}", false},
         {"{a: null}", "{}", true},
         {"{a: null}", R"({"a":[null,1]})", true},
         {"{a: null}", R"({"a":""})", false},
         {"{a: '*'}", R"({"a":{}})", true},
         {"{a: '*'}", R"({"a":[]})", false},
         {"{a: '*'}", R"({"a":null})", false},
         {"{a: '?*'}", R"({"a":""})", false},
         {"{a|startswith: ''}", "{}", false},
         {"{a|exists: true}", R"({"a":null})", true},
         {"{a|exists: false}", R"({"a":null})", false},
         {"{a|fieldref: b}", "{}", false},
         {"{a|fieldref: b}", R"({"a":null,"b":null})", false}});
}

TEST(sigma_combination, a_backslash_escapes_wildcards_and_itself) {
  check({{R"({a: 'x\'})", R"({"a":"x\\"})", true},
         {R"({a: '\\*'})", R"({"a":"\\foo"})", true},
         {R"({a: '\*'})", R"({"a":"*"})", true},
         {R"({a: '\*'})", R"({"a":"x"})", false},
         {R"({a: '\?'})", R"({"a":"x"})", false},
         {R"({a|base64: 'x\*'})", R"({"a":"eCo="})", true},
         {R"({a|re: 'x\*'})", R"({"a":"x*"})", true}});
}

TEST(sigma_combination, an_object_is_compared_as_its_text) {
  check({{R"({a|contains|all: ['"Action":"s3:\*"', Allow]})",
          R"({"a":{"Effect":"Allow","Action":"s3:*"}})", true},
         {R"({a|contains|all: ['"Action":"s3:\*"', Allow]})",
          R"({"a":{"Effect":"Allow","Action":"s3:x"}})", false},
         {R"({a|contains|all: ['"Action":"s3:*"', Allow]})",
          R"({"a":{"Effect":"Allow","Action":"s3:x"}})", true},
         {R"({a|contains: '"k": 1'})", R"({"a":{"k":1}})", false},
         {R"({a|contains: '"k":1'})", R"({"a":{"k":1}})", true},
         {R"({a|contains: '"k":1'})", R"({"a":"{\"k\":1}"})", true},
         {R"({a|contains|cased: '"K":1'})", R"({"a":{"k":1}})", false},
         {R"({a|re|i: '"K":[0-9]'})", R"({"a":{"k":1}})", true}});
}

TEST(sigma_combination, flags_of_a_regular_expression_are_independent) {
  check({{"{a|re: x.y}", R"({"a":"XAY"})", false},
         {"{a|re|i: x.y}", R"({"a":"XAY"})", true},
         {"{a|re: x.y}", R"({"a":"x\ny"})", false},
         {"{a|re|s: x.y}", R"({"a":"x\ny"})", true},
         {"{a|re|s|i: X.Y}", R"({"a":"x\ny"})", true},
         {"{a|re: '^y$'}", R"({"a":"x\ny"})", false},
         {"{a|re|m: '^y$'}", R"({"a":"x\ny\nz"})", true},
         {"{a|re|m|i: '^Y$'}", R"({"a":"x\ny\nz"})", true}});
}

TEST(sigma_combination, values_of_other_types_are_compared_by_value_and_by_text) {
  check({{"{a: 1}", R"({"a":"1"})", true},
         {"{a: 1}", R"({"a":1.0})", true},
         {"{a: '1'}", R"({"a":1})", true},
         {"{a: '1'}", R"({"a":1.0})", false},
         {"{a: true}", R"({"a":"TRUE"})", true},
         {"{a|contains: true}", R"({"a":true})", true},
         {"{a|gt: 5}", R"({"a":"6"})", true},
         {"{a|gt: 5}", R"({"a":true})", false},
         {"{a.b|lte: 5}", R"({"a":[{"b":7},{"b":5}]})", true},
         {"{a|gt|all: [1, 2]}", R"({"a":2})", false},
         {"{a|cidr: 10.0.0.0/8}", R"({"a":"::ffff:10.1.2.3"})", true},
         {"{a|cidr: '2001:db8::/32'}", R"({"a":["x","2001:DB8::1"]})", true}});
}

TEST(sigma_combination, maps_and_keywords_stand_side_by_side_in_a_list) {
  check({{"[{a: 1, b: 2}, {c: 3}]", R"({"c":3})", true},
         {"[{a: 1, b: 2}, {c: 3}]", R"({"a":1})", false},
         {"[{a: 1}, foo]", R"({"z":["foo"]})", true},
         {"[foo]", R"({"foo":1})", false},
         {"{'|all': [foo, bar]}", R"({"a":"foo","b":"bar"})", true},
         {"{'|all': [foo, bar]}", R"({"a":"foo"})", false},
         {"{'a.b.c': 1}", R"({"a":{"b.c":1}})", true}});
}

TEST(sigma_combination, exists_has_one_value) {
  EXPECT_EQ(problem_of("{a|exists: [true, false]}"),
            "3:17: 'exists' with several values; write true or false");
  EXPECT_EQ(problem_of("{a|exists: [true]}"), "accepted");
}

}  // namespace
}  // namespace trailbell::test
