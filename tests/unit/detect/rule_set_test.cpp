#include "trailbell/detect/rule_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trailbell/detect/pattern_rule.hpp"
#include "trailbell/detect/rule.hpp"
#include "trailbell/detect/rule_selector.hpp"
#include "unit/detect/rule_cases.hpp"

namespace trailbell::detect {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

rule_needs needs(const std::string& pattern) {
  const auto parsed = filter_pattern::parse(pattern);
  EXPECT_TRUE(parsed.ok()) << pattern;
  return needs_of(parsed.value());
}

std::vector<std::string> literals(const std::string& pattern) {
  std::vector<std::string> texts;
  for (const needed_literal& one :
       needs(pattern).literals.value_or(std::vector<needed_literal>{})) {
    texts.push_back(one.text);
  }
  return texts;
}

TEST(pattern_needs, an_equality_needs_its_text_with_its_quotes) {
  EXPECT_THAT(literals("{ $.eventName = ConsoleLogin }"), ElementsAre("\"ConsoleLogin\""));
  EXPECT_THAT(literals("{ $.eventName = \"Delete*\" }"), ElementsAre("\"Delete"));
  EXPECT_THAT(literals("{ $.errorCode = *UnauthorizedOperation }"),
              ElementsAre("UnauthorizedOperation\""));
  EXPECT_THAT(literals("{ $.b = \"*middle*x\" }"), ElementsAre("middle"));
}

TEST(pattern_needs, alternatives_are_all_needed_and_of_conditions_the_rarest) {
  EXPECT_THAT(literals("{ $.eventName = Create || $.eventName = Delete }"),
              UnorderedElementsAre("\"Create\"", "\"Delete\""));
  EXPECT_THAT(literals("{ $.eventSource = iam.amazonaws.com && ($.eventName = Create) }"),
              ElementsAre("\"Create\""));
  EXPECT_THAT(literals("{ $.eventName = Create || $.readOnly IS TRUE }"), ElementsAre());
  EXPECT_THAT(literals("{ $.userIdentity.type = \"Root\" && $.userIdentity.invokedBy NOT EXISTS }"),
              ElementsAre("\"Root\""));
}

TEST(pattern_needs, a_value_that_has_to_be_there_needs_its_name_where_that_is_rare) {
  EXPECT_THAT(literals("{ $.errorCode = * }"), ElementsAre("\"errorCode\""));
  EXPECT_THAT(literals("{ $.additionalEventData.MFAUsed != Yes }"),
              ElementsAre("\"additionalEventData\""));
  EXPECT_THAT(literals("{ $.readOnly IS FALSE }"), ElementsAre());
  EXPECT_THAT(literals("{ $.resources[*].type != x }"), ElementsAre("\"resources\""));
}

TEST(pattern_needs, negations_and_numbers_need_nothing) {
  EXPECT_FALSE(needs("{ $.errorCode NOT EXISTS }").literals);
  EXPECT_FALSE(needs("{ $.errorCode IS TRUE }").literals) << "so a broken record may be read";
  EXPECT_FALSE(needs("{ $.eventName != CreatePolicy }").literals);
  EXPECT_THAT(literals("{ $.statusCode = 200 }"), ElementsAre("\"statusCode\""));
  EXPECT_THAT(literals("{ $.arn = \"12345*\" }"), ElementsAre()) << "may be a number";
  EXPECT_THAT(literals("{ $.arn = \"Infinity\" }"), ElementsAre()) << "may be a number";
  EXPECT_FALSE(needs("{ $.eventName = \"123\" }").event_names);
}

TEST(pattern_needs, text_that_json_spells_in_several_ways_is_cut) {
  EXPECT_THAT(literals("{ $.a = \"application/json\" }"), ElementsAre("\"application"));
  EXPECT_THAT(literals("{ $.a = \"say \\\"hello\\\" world\" }"), ElementsAre(" world\""));
  EXPECT_THAT(literals("{ $.a = \"\xc3\xa4 Umlaut\" }"), ElementsAre(" Umlaut\""));
}

TEST(pattern_needs, a_regular_expression_needs_its_longest_plain_run) {
  EXPECT_THAT(literals("{ $.eventName = %^Delete.*Policy$% }"), ElementsAre("Delete"));
  EXPECT_THAT(literals("{ $.eventName = %Delet?Policie[sd]% }"), ElementsAre("Policie"));
  EXPECT_THAT(literals("{ $.eventName = %Create|Delete% }"), ElementsAre());
  EXPECT_THAT(literals("{ $.eventName = %[abcdef]{3}\\x41% }"), ElementsAre());
  EXPECT_THAT(literals("%AccessDenied%"), ElementsAre("AccessDenied"));
}

TEST(pattern_needs, a_class_ends_where_it_ends) {
  EXPECT_THAT(literals(R"({ $.a = %[\]Create]Policy% })"), ElementsAre("Policy"));
  EXPECT_THAT(literals("{ $.a = %[]Create]Policy% }"), ElementsAre("Policy"));
  EXPECT_THAT(literals("{ $.a = %[^]CreatePolicy]User% }"), ElementsAre("User"));
  EXPECT_THAT(literals(R"({ $.a = %[\\]User[^]CreatePolicy]% })"), ElementsAre("User"));
  EXPECT_THAT(literals(R"(%[^\]AccessDenied]%)"), ElementsAre());
}

TEST(pattern_needs, terms_are_needed_as_they_stand) {
  EXPECT_THAT(literals("ERROR \"Access denied\""), ElementsAre("Access denied"));
  EXPECT_THAT(literals("?ERROR ?FAILED"), UnorderedElementsAre("ERROR", "FAILED"));
  EXPECT_FALSE(needs("-ERROR").literals);
  EXPECT_FALSE(needs("[a, b = x]").literals);
}

TEST(pattern_needs, event_names_and_sources_are_known_where_they_are_pinned_down) {
  const rule_needs both =
      needs("{ $.eventSource = iam.amazonaws.com && ($.eventName = B || $.eventName = A) }");
  EXPECT_THAT(both.event_names.value(), ElementsAre("A", "B"));
  EXPECT_THAT(both.event_sources.value(), ElementsAre("iam.amazonaws.com"));
  EXPECT_FALSE(needs("{ $.eventName = A* }").event_names);
  EXPECT_FALSE(needs("{ $.eventName = A || $.x = 1 }").event_names);
  EXPECT_FALSE(needs("{ $.a.eventName = A }").event_names);
}

record_fields record(text_view name, text_view source) {
  record_fields fields;
  fields.event_name = name;
  fields.event_source = source;
  return fields;
}

TEST(rule_set, selects_the_rules_that_want_the_name_or_the_source) {
  const rule_set rules{{rule_with("{ $.eventName = A || $.eventName = B }"),
                        rule_with("{ $.eventSource = s }"), rule_with("{ $.errorCode = * }"),
                        rule_with("{ $.eventName = B && $.eventSource = s }")}};
  rule_selector selector{rules};
  EXPECT_THAT(selector.select(record("B", "s")), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(selector.select(record("A", "other")), ElementsAre(0, 2));
  EXPECT_THAT(selector.select(record(std::nullopt, "s")), ElementsAre(1, 2));
  EXPECT_THAT(selector.select(record(std::nullopt, std::nullopt)), ElementsAre(2));
}

TEST(rule_set, the_built_in_rule_alone_keeps_its_own_probe) {
  const rule_set alone{{builtin_rule()}};
  EXPECT_EQ(alone.probe().confirm, cis_4_4().probe.confirm);
  EXPECT_EQ(alone.literals(), nullptr);
}

TEST(rule_set, event_names_and_few_literals_are_looked_for_by_the_scan_itself) {
  const rule_set few{{builtin_rule(), rule_with("{ $.eventName = Other }"),
                      rule_with("{ $.errorCode = AccessDenied* }")}};
  EXPECT_NE(few.probe().confirm, nullptr);
  EXPECT_NE(few.probe().confirm, cis_4_4().probe.confirm);
  EXPECT_EQ(few.literals(), nullptr);
}

TEST(rule_set, more_literals_than_a_probe_holds_are_looked_for_beforehand) {
  std::vector<rule_ptr> many;
  for (std::size_t i = 0; i <= literal_probe::pairs_max; ++i) {
    many.push_back(rule_with("{ $.errorCode = Code" + std::to_string(i) + " }"));
  }
  const rule_set rules{std::move(many)};
  EXPECT_EQ(rules.probe().pairs, 0U);
  EXPECT_NE(rules.literals(), nullptr);
}

TEST(rule_set, names_are_looked_for_by_the_scan_whatever_else_is) {
  std::vector<rule_ptr> many{rule_with("{ $.eventName = A }")};
  for (std::size_t i = 0; i <= literal_probe::pairs_max; ++i) {
    many.push_back(rule_with("{ $.errorCode = Code" + std::to_string(i) + " }"));
  }
  const rule_set rules{std::move(many)};
  EXPECT_EQ(rules.probe().pairs, 1U);
  std::vector<std::size_t> found;
  rules.literals()->open()->find(R"({"eventName":"A","errorCode":"Code7"})", found);
  EXPECT_EQ(found.size(), 1U) << "the name too";
}

TEST(rule_set, one_rule_that_needs_nothing_switches_the_prefilter_off) {
  const rule_ptr every = rule_with("{ $.eventName != A }");
  EXPECT_TRUE(parses_every_record(*every));
  EXPECT_FALSE(parses_every_record(*builtin_rule()));
  const rule_set rules{{builtin_rule(), every}};
  EXPECT_EQ(rules.literals(), nullptr);
  EXPECT_EQ(rules.probe().confirm, nullptr);
}

std::vector<std::size_t> places(literal_finder& finder, std::string_view text) {
  std::vector<std::size_t> found;
  finder.find(text, found);
  return found;
}

TEST(prefilter, finds_a_byte_of_each_literal_by_either_engine) {
  std::vector<needed_literal> all{{"\"Root\"", false},
                                  {"Needle in hay", true},
                                  {"\"Ro", false},
                                  {"Needle in haystack", true},
                                  {"\"CreatePolicy\"", false},
                                  {"\"CreatePolicyVersion\"", false}};
  const prefilter compiled{all};
  const auto fast = compiled.open();
  const auto table = make_table_finder(all);
  for (const std::string_view text :
       {"", "x", "\"Root\" nEEDLE IN HAY \"root\" Needle in hat", "\"CreatePolic", "\"Ro",
        "\"CreatePolicyVersions\" \"CreatePolicy\"\"CreatePolicyVersion\"", "\"Create"}) {
    std::vector<std::size_t> a = places(*fast, text);
    std::vector<std::size_t> b = places(*table, text);
    EXPECT_TRUE(std::is_sorted(a.begin(), a.end()));
    EXPECT_EQ(a, b) << text;
  }
  EXPECT_THAT(places(*fast, "..\"Root\".."), ElementsAre(4, 7));
  EXPECT_THAT(places(*fast, ".\"CreatePolicy\""), ElementsAre(8));
  EXPECT_THAT(places(*fast, ".\"CreatePolicyX\""), ElementsAre());
  EXPECT_EQ(places(*fast, ".\"CreatePoli").size(), 1U) << "cut";
  EXPECT_EQ(fast->reach(), literal_head_bytes);
}

TEST(pattern_rule, the_first_severity_that_holds_decides) {
  const std::vector<loaded_rule> rules = rules_of(R"(
id: a
title: t
pattern: '{ $.eventName = A }'
severity:
  - {when: '{ $.n = 1 }', is: high}
  - {when: '{ $.n < 5 }', is: medium}
  - is: low
suppress: ['{ $.s = x }', '{ $.n = 7 }']
tests:
  - {name: high, match: true, severity: high, record: {eventName: A, n: 1}}
  - {name: medium, match: true, severity: medium, record: {eventName: A, n: 2}}
  - {name: suppressed, match: true, severity: low, suppressed: true, record: {eventName: A, n: 7}}
  - {name: not at all, match: false, record: {eventName: B}}
)");
  ASSERT_EQ(rules.size(), 1U);
  for (const rule_test& test : rules[0].tests) {
    record_fields fields;
    fields.raw = test.raw;
    EXPECT_EQ(failure_of(*rules[0].rule, test, fields), "") << test.name;
  }
  record_fields fields;
  const std::optional<rule_match> match =
      rules[0].rule->evaluate({fields, &rules[0].tests[2].record});
  EXPECT_EQ(match.value().suppressed_by, 1U);
}

}  // namespace
}  // namespace trailbell::detect
