// Where a field name leads, and keywords, which have none.
#include <gtest/gtest.h>

#include "support/sigma_asked.hpp"

namespace trailbell::test {
namespace {

TEST(sigma_field, a_dot_leads_into_an_object) {
  const char* const field = "{userIdentity.sessionContext.attributes.mfaAuthenticated: 'false'}";
  EXPECT_TRUE(selects(
      field, R"({"userIdentity":{"sessionContext":{"attributes":{"mfaAuthenticated":"false"}}}})"));
  EXPECT_FALSE(selects(field, R"({"userIdentity":{"attributes":{"mfaAuthenticated":"false"}}})"));
}

TEST(sigma_field, a_dot_may_be_part_of_a_key) {
  EXPECT_TRUE(selects("{a.b.c: x}", R"({"a.b.c":"x"})"));
  EXPECT_TRUE(selects("{a.b.c: x}", R"({"a.b":{"c":"x"}})"));
  EXPECT_TRUE(selects("{a.b.c: x}", R"({"a":{"b.c":"x"}})"));
  EXPECT_TRUE(selects("{a.b.c: x}", R"({"a.b.c":"y","a":{"b":{"c":"x"}}})")) << "either";
  EXPECT_FALSE(selects("{a.b.c: x}", R"({"a.b":"x","a":{"c":"x"}})"));
  EXPECT_FALSE(selects("{a: x}", R"({"a.b":"x"})"));
}

TEST(sigma_field, a_list_on_the_way_stands_for_its_elements) {
  EXPECT_TRUE(selects("{resources.accountId: '2'}",
                      R"({"resources":[{"accountId":"1"},{"accountId":"2"}]})"));
  EXPECT_TRUE(
      selects("{c.command|contains: URI}", R"({"c":[{"command":["sh","-c","curl $URI"]}]})"));
  EXPECT_FALSE(selects("{resources.accountId: '3'}", R"({"resources":[{"accountId":"1"}]})"));
}

TEST(sigma_field, exists_asks_for_the_field_and_not_for_its_value) {
  EXPECT_TRUE(selects("{a.b|exists: true}", R"({"a":{"b":null}})"));
  EXPECT_TRUE(selects("{a.b|exists: true}", R"({"a":{"b":[]}})"));
  EXPECT_FALSE(selects("{a.b|exists: true}", R"({"a":{}})"));
  EXPECT_TRUE(selects("{a.b|exists: false}", R"({"a":{}})"));
  EXPECT_FALSE(selects("{a.b|exists: false}", R"({"a":{"b":""}})"));
}

TEST(sigma_field, of_a_key_that_repeats_the_last_one_counts) {
  EXPECT_TRUE(selects("{a: y}", R"({"a":"x","a":"y"})"));
  EXPECT_FALSE(selects("{a: x}", R"({"a":"x","a":"y"})"));
}

TEST(sigma_keyword, is_found_within_any_value) {
  const char* const record =
      R"({"eventName":"X","a":[{"b":"see Evil-Tool here"},17,true],"evilkey":null})";
  EXPECT_TRUE(selects("[evil-tool]", record));
  EXPECT_TRUE(selects("evil-tool", record)) << "one without a list";
  EXPECT_TRUE(selects("[nothing, evil-tool]", record));
  EXPECT_TRUE(selects("[17]", record));
  EXPECT_TRUE(selects("['true']", record));
  EXPECT_TRUE(selects("['see*here']", record));
  EXPECT_FALSE(selects("[evilkey]", record)) << "a key is no value";
  EXPECT_FALSE(selects("['X see']", record)) << "no value holds both";
}

TEST(sigma_keyword, takes_the_modifiers_of_texts) {
  const char* const record = R"({"a":"Alpha beta","b":"gamma"})";
  EXPECT_TRUE(selects("{'|all': [alpha, GAMMA]}", record));
  EXPECT_FALSE(selects("{'|all': [alpha, delta]}", record));
  EXPECT_FALSE(selects("{'|cased': [alpha]}", record));
  EXPECT_TRUE(selects("{'|cased': [Alpha]}", record));
  EXPECT_TRUE(selects("{'|re': ['^gam+a$']}", record));
  EXPECT_TRUE(selects("{'|startswith': [beta, gam]}", record));
  EXPECT_FALSE(selects("{'|startswith': [beta]}", record));
}

TEST(sigma_selection, is_a_map_of_which_all_hold_or_a_list_of_which_one_does) {
  const char* const map = "{eventName: X, eventSource: y.amazonaws.com}";
  EXPECT_TRUE(selects(map, R"({"eventName":"X","eventSource":"y.amazonaws.com"})"));
  EXPECT_FALSE(selects(map, R"({"eventName":"X","eventSource":"z.amazonaws.com"})"));
  const char* const list = "[{eventName: X, a: 1}, {eventName: Y}]";
  EXPECT_TRUE(selects(list, R"({"eventName":"Y"})"));
  EXPECT_TRUE(selects(list, R"({"eventName":"X","a":1})"));
  EXPECT_FALSE(selects(list, R"({"eventName":"X","a":2})"));
  EXPECT_TRUE(selects("[{eventName: X}, word]", R"({"eventName":"Y","b":"a word"})"));
}

TEST(sigma_selection, says_what_is_wrong_and_where) {
  EXPECT_EQ(problem_of("{}"), "3:6: an empty selection; name a field and its value");
  EXPECT_EQ(problem_of("[]"), "3:6: an empty list holds for nothing; write a value, or null");
  EXPECT_EQ(problem_of(""), "3:3: the selection 's' is empty; name a field and its value");
  EXPECT_EQ(problem_of("{a: []}"), "3:10: an empty list holds for nothing; write a value, or null");
  EXPECT_EQ(problem_of("{a: {b: c}}"),
            "3:10: a mapping where a value belongs; write the whole path with dots, such as "
            "requestParameters.enable");
  EXPECT_EQ(problem_of("{a: [x, [y]]}"),
            "3:14: a list where a value belongs; write one text or number");
  EXPECT_EQ(problem_of("[{a: x}, [y]]"),
            "3:15: a list within a list of selections; write one list");
  EXPECT_EQ(problem_of("{a: [x, null]}"),
            "3:14: null within a list of values; write a selection of its own for it, and join the "
            "two in the condition");
  EXPECT_EQ(problem_of("{a|all: x}"), "3:7: 'all' with one value; leave 'all' out");
  EXPECT_EQ(problem_of("{'': x}"), "3:7: an empty field name; write the field's path");
  EXPECT_EQ(problem_of("{'|all': [x, null]}").substr(0, 6), "3:19: ");
  EXPECT_EQ(problem_of("{'|contains': null}"),
            "3:7: null behind a modifier; leave the modifier out");
}

}  // namespace
}  // namespace trailbell::test
