// The condition of a Sigma rule: who binds how, what is counted, what is refused.
#include <gtest/gtest.h>

#include "support/sigma_asked.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::test {
namespace {

// Selections a, b, c, sel_1, sel_2 and _aside hold where the record has such a key.
std::string text_with(std::string_view condition) {
  std::string text;
  for (const char* const name : {"_a", "_b", "_c", "_sel_1", "_sel_2"}) {
    // The leading underscore spares a selection from having to be used; the condition's names have
    // it.
    text += "  " + std::string{name} + ": {" + name + ": 1}\n";
  }
  return sigma_text_of(text + "  condition: " + std::string{condition});
}

bool holds(std::string_view condition, std::string_view record) {
  const sigma_rule_ptr rule = sigma_rule_of(text_with(condition));
  return rule != nullptr && asked(*rule, record);
}

std::string problem_with(std::string_view condition) {
  const std::vector<std::string> all = sigma_problems(text_with(condition));
  return all.size() == 1 ? all.front() : std::to_string(all.size()) + " problems";
}

TEST(sigma_condition, not_binds_before_and_and_before_or) {
  EXPECT_TRUE(holds("_a or _b and _c", R"({"_a":1})"));
  EXPECT_FALSE(holds("(_a or _b) and _c", R"({"_a":1})"));
  EXPECT_TRUE(holds("_a and not _b or _c", R"({"_b":1,"_c":1})"));
  EXPECT_FALSE(holds("_a and not (_b or _c)", R"({"_a":1,"_c":1})"));
  EXPECT_TRUE(holds("not _a and not _b", "{}"));
  EXPECT_FALSE(holds("not _a and _b", "{}"));
  EXPECT_TRUE(holds("not not _a", R"({"_a":1})"));
  EXPECT_TRUE(holds("_a AND NOT _b", R"({"_a":1})"));
  EXPECT_TRUE(holds("((_a))and(_b)", R"({"_a":1,"_b":1})"));
}

TEST(sigma_condition, not_holds_where_the_field_is_absent) {
  EXPECT_TRUE(holds("_a and not _b", R"({"_a":1})"));
}

TEST(sigma_condition, one_of_and_all_of_take_names_with_wildcards) {
  EXPECT_TRUE(holds("1 of _sel_*", R"({"_sel_2":1})"));
  EXPECT_TRUE(holds("any of _sel_*", R"({"_sel_2":1})"));
  EXPECT_FALSE(holds("all of _sel_*", R"({"_sel_2":1})"));
  EXPECT_TRUE(holds("all of _sel_*", R"({"_sel_1":1,"_sel_2":1})"));
  EXPECT_TRUE(holds("1 of _*_2", R"({"_sel_2":1})"));
  EXPECT_TRUE(holds("not 1 of _sel_* and _a", R"({"_a":1})"));
  EXPECT_TRUE(holds("all of _a", R"({"_a":1})"));
}

TEST(sigma_condition, them_and_patterns_leave_out_names_that_begin_with_an_underscore) {
  const auto rule = [](std::string_view condition) {
    return sigma_rule_of(sigma_text_of("  x: {x: 1}\n  y: {y: 1}\n  _z: {z: 1}\n  condition: " +
                                       std::string{condition}));
  };
  EXPECT_TRUE(asked(*rule("1 of them"), R"({"y":1})"));
  EXPECT_FALSE(asked(*rule("1 of them"), R"({"z":1})"));
  EXPECT_TRUE(asked(*rule("all of them"), R"({"x":1,"y":1})"));
  EXPECT_FALSE(asked(*rule("all of them"), R"({"x":1,"z":1})"));
  EXPECT_FALSE(asked(*rule("1 of *"), R"({"z":1})"));
  EXPECT_TRUE(asked(*rule("1 of them or _z"), R"({"z":1})"));
}

TEST(sigma_condition, of_a_list_one_has_to_hold) {
  EXPECT_TRUE(holds("[_a and _b, _c]", R"({"_c":1})"));
  EXPECT_FALSE(holds("[_a and _b, _c]", R"({"_a":1})"));
  EXPECT_EQ(problem_with("[]"), "8:14: an empty list of conditions; write one");
  EXPECT_EQ(
      problem_with("[_a, [_b]]"),
      "8:19: a condition is a text, and here stands a list; write 'condition: selection', say");
}

TEST(sigma_condition, says_what_is_wrong_and_where) {
  EXPECT_EQ(problem_with("_a and _d"), "8:21: no selection has the name '_d'; did you mean '_a'?");
  EXPECT_EQ(problem_with("1 of filter_*"),
            "8:19: no selection fits 'filter_*'; correct the name, or remove this part");
  EXPECT_EQ(problem_with("1 of them"),
            "8:19: no selection fits 'them'; correct the name, or remove this part");
  EXPECT_EQ(problem_with("2 of _sel_*"),
            "8:14: '2' of some selections; Sigma has '1 of', 'any of' and 'all of'");
  EXPECT_EQ(problem_with("_a _b"),
            "8:17: neither 'and' nor 'or' in front of '_b'; write one of them");
  EXPECT_EQ(problem_with("_a and"), "8:20: a selection is missing here; write its name");
  EXPECT_EQ(problem_with("_a and (_b or"), "8:27: a selection is missing here; write its name");
  EXPECT_EQ(problem_with("(_a"), "8:14: this bracket is not closed; close it");
  EXPECT_EQ(problem_with("_a)"), "8:16: a bracket that nothing opened; remove it");
  EXPECT_EQ(problem_with("not"), "8:17: a selection is missing here; write its name");
  EXPECT_EQ(
      problem_with("1 of"),
      "8:18: behind 'of' stands 'them' or a name with wildcards; write '1 of selection_*', say");
  EXPECT_EQ(
      problem_with("~"),
      "8:3: a condition is a text, and here stands nothing; write 'condition: selection', say");
  EXPECT_EQ(problem_with("''"), "8:14: a selection is missing here; write its name");
}

TEST(sigma_condition, an_aggregation_is_refused_by_name) {
  EXPECT_EQ(problem_with("_a | count() by userIdentity.arn > 5"),
            "8:17: an aggregation behind '|', which Sigma 2 does not have any more; write a "
            "correlation rule, which counts what this one finds");
  const auto all =
      sigma_problems(sigma_text_of("  a: {a: 1}\n  timeframe: 5m\n  condition: a | count() > 5"));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0],
            "4:3: 'timeframe', which Sigma 2 does not have any more; write a correlation rule");
}

TEST(sigma_condition, nesting_is_bounded) {
  const std::string open(limits::sigma_condition_depth_max + 1, '(');
  const std::string closed(limits::sigma_condition_depth_max + 1, ')');
  EXPECT_NE(problem_with(open + "_a" + closed).find("nested too deeply"), std::string::npos);
  EXPECT_NE(problem_with(std::string(100'000, '(')).find("nested too deeply"), std::string::npos);
  std::string nots;
  for (int i = 0; i < 100'000; ++i) {
    nots += "not ";
  }
  EXPECT_NE(problem_with(nots + "_a").find("nested too deeply"), std::string::npos);
}

TEST(sigma_condition, a_selection_that_it_does_not_ask_for_is_a_mistake) {
  const auto all = sigma_problems(sigma_text_of("  a: {a: 1}\n  fliter: {b: 1}\n  condition: a"));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0],
            "4:3: the condition does not ask for the selection 'fliter'; use it there, or remove "
            "it; a name that begins with _ may stay aside");
  EXPECT_TRUE(sigma_problems(sigma_text_of("  a: {a: 1}\n  _b: {b: 1}\n  condition: a")).empty());
}

TEST(sigma_condition, has_to_be_there_and_so_has_a_selection) {
  EXPECT_EQ(sigma_problems(sigma_text_of("  a: {a: 1}")).at(0),
            "3:3: a detection without 'condition'; add it: 'condition: selection', say");
  EXPECT_EQ(sigma_problems(sigma_text_of("  condition: a")).at(0),
            "3:3: a detection without a selection; add one: 'selection: {eventName: StopLogging}', "
            "say");
}

}  // namespace
}  // namespace trailbell::test
