#include "trailbell/detect/rule_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trailbell/detect/pattern_rule.hpp"
#include "unit/detect/rule_cases.hpp"

namespace trailbell::detect {
namespace {

using ::testing::HasSubstr;

// What is wrong with the smallest rule after `more` was added to it, or took a key's place.
std::string wrong_with(const std::string& more) {
  std::string text;
  for (const std::string line :
       {"id: a-1\n", "title: t\n", "pattern: '{ $.a = 1 }'\n", "severity: low\n"}) {
    const std::string key = line.substr(0, line.find(':') + 1);
    text += more.starts_with(key) ? "" : line;
  }
  return problems_of({{"r.yaml", text + more}});
}

TEST(rule_file, reads_every_key_of_a_pattern_rule) {
  const std::vector<loaded_rule> rules = rules_of(R"(
id: iam.x-1
title: Something changed
description: >-
  A long
  text.
pattern: '{ $.eventName = A }'
severity:
  - when: '{ $.errorCode = * }'
    is: low
  - is: high
controls: [CIS AWS 5.0.0 4.4]
tags: [attack.t1098, x]
references: [https://example.org/a]
false_positives: [None.]
suppress: ['{ $.b = 1 }']
tests:
  - {name: one, match: true, severity: high, record: {eventName: A, n: 1.5, t: true, z: null}}
  - {name: two, match: true, suppressed: true, record: {eventName: A, b: 1}}
  - {name: three, match: false, record: {}}
)");
  ASSERT_EQ(rules.size(), 1U);
  const rule_info::texts& info = rules[0].rule->info().text();
  EXPECT_EQ(info.id, "iam.x-1");
  EXPECT_EQ(info.description, "A long text.");
  EXPECT_EQ(rules[0].at, (text_place{2, 1}));
  ASSERT_EQ(rules[0].tests.size(), 3U);
  EXPECT_EQ(rules[0].tests[0].raw, R"({"eventName":"A","n":1.5,"t":true,"z":null})");
  for (const rule_test& test : rules[0].tests) {
    record_fields fields;
    fields.raw = test.raw;
    EXPECT_EQ(failure_of(*rules[0].rule, test, fields), "") << test.name;
  }
  const rule_label label = rules[0].rule->info().label();
  EXPECT_EQ(label.controls[0], "CIS AWS 5.0.0 4.4");
  EXPECT_EQ(label.tags[1], "x");
}

TEST(rule_file, names_the_known_key_that_is_nearest) {
  EXPECT_EQ(wrong_with("titel: x\n"), "r.yaml:5:1: unknown key 'titel'; did you mean 'title'?\n");
  EXPECT_THAT(wrong_with("wholly_other: x\n"),
              HasSubstr("r.yaml:5:1: unknown key 'wholly_other'; a rule has id, title,"));
  EXPECT_EQ(wrong_with("tests:\n  - {name: n, macth: true, match: true, record: {}}\n"),
            "r.yaml:6:15: unknown key 'macth'; did you mean 'match'?\n");
}

TEST(rule_file, wants_what_is_required) {
  EXPECT_EQ(problems_of({{"r.yaml", "pattern: ''\n"}}),
            "r.yaml:1:1: a rule without 'id'; add it\n"
            "r.yaml:1:1: a rule without 'title'; add it\n"
            "r.yaml:1:1: a rule without 'severity'; add it\n"
            "r.yaml:1:10: an empty pattern holds for every record; write what it is for\n");
}

TEST(rule_file, refuses_values_of_another_type) {
  EXPECT_EQ(wrong_with("title: 12\n"),
            "r.yaml:4:8: 'title' is a text, and here stands a number; put it in quotes\n");
  EXPECT_EQ(wrong_with("title: [a]\n"),
            "r.yaml:4:8: 'title' is a text, and here stands a list; write one text\n");
  EXPECT_EQ(wrong_with("title:\n"),
            "r.yaml:4:1: 'title' is a text, and here stands nothing; write one text\n");
  EXPECT_EQ(wrong_with("tags: attack.t1\n"),
            "r.yaml:5:7: 'tags' is a list, and here stands a text; write each entry behind a dash, "
            "or [a, b]\n");
  EXPECT_EQ(wrong_with("tests:\n- {name: n, match: 'true', record: {}}\n"),
            "r.yaml:6:20: 'match' is true or false, and here stands a text; write one of them, "
            "without quotes\n");
  EXPECT_EQ(wrong_with("tests:\n- {name: n, match: true, record: '{}'}\n"),
            "r.yaml:6:34: 'record' is a mapping, and here stands a text; write the record's "
            "members: {eventName: StopLogging}\n");
}

TEST(rule_file, refuses_values_that_do_not_fit) {
  EXPECT_THAT(wrong_with("id: A 1\n"), HasSubstr("r.yaml:4:5: 'A 1' is no id; lower-case"));
  EXPECT_THAT(wrong_with("id: a--1\n"), HasSubstr("is no id"));
  EXPECT_THAT(wrong_with("title: " + std::string(81, 'x') + "\n"), HasSubstr("80 are the most"));
  EXPECT_THAT(wrong_with("title: \"a\\nb\"\n"),
              HasSubstr("r.yaml:4:10: 'title' holds a line break"));
  EXPECT_THAT(wrong_with("tags: [A.B]\n"), HasSubstr("'A.B' does not fit in 'tags'"));
  EXPECT_THAT(wrong_with("references: [http://x]\n"), HasSubstr("begins with https://"));
  EXPECT_EQ(wrong_with("controls: [x, y, x]\n"),
            "r.yaml:5:18: 'x' stands in 'controls' twice; remove one\n");
}

TEST(rule_file, shows_a_bad_pattern_where_it_is_bad) {
  EXPECT_THAT(wrong_with("pattern: '{ $.a == 1 }'\n"),
              HasSubstr("r.yaml:4:17: `==` is no operator"));
  EXPECT_THAT(wrong_with("pattern: \"\\\n  {($.a=1)||\\\n  ($.b==2)}\"\n"),
              HasSubstr("r.yaml:6:7: `==` is no operator; write `=`\n"));
  EXPECT_THAT(wrong_with("pattern: >-\n  { ($.a = 1) &&\n  ($.b == 2) }\n"),
              HasSubstr("r.yaml:6:8: `==` is no operator"));
  EXPECT_THAT(wrong_with("pattern: '{ $.a = 1'\n"), HasSubstr("r.yaml:4:"));
  EXPECT_THAT(wrong_with("suppress: ['{ $.a', '{ $.b = 1 }']\n"), HasSubstr("r.yaml:5:"));
}

TEST(rule_file, refuses_bad_severities) {
  EXPECT_EQ(wrong_with("severity: hihg\n"),
            "r.yaml:4:11: 'severity' is no severity: 'hihg'; did you mean 'high'?\n");
  EXPECT_THAT(wrong_with("severity: urgent\n"), HasSubstr("informational, low, medium, high or"));
  EXPECT_THAT(wrong_with("severity: [{is: low}]\n"), HasSubstr("has 2 to 16 entries"));
  EXPECT_EQ(wrong_with("severity:\n- {is: low}\n- {is: high}\n"),
            "r.yaml:5:3: a severity without 'when' decides all that follow; move it to the end\n");
  EXPECT_THAT(wrong_with("severity:\n- {when: '{ $.a = 1 }', is: low}\n- {when: '{ $.a = 2 }', "
                         "is: high}\n"),
              HasSubstr("r.yaml:6:3: the last severity has a 'when'"));
  EXPECT_THAT(wrong_with("severity:\n- {when: '{ $.a = 1 }'}\n- {is: high}\n"),
              HasSubstr("r.yaml:5:3: an entry of 'severity' without 'is'; add it"));
}

TEST(rule_file, refuses_bad_thresholds) {
  EXPECT_EQ(wrong_with("threshold: {count: 1, window: 5m}\n"),
            "r.yaml:5:20: 'count' is a whole number from 2 to 1000000; write such a number\n");
  EXPECT_THAT(wrong_with("threshold: {count: 5, window: 5 minutes}\n"),
              HasSubstr("r.yaml:5:31: 'window' is no length of time"));
  EXPECT_THAT(wrong_with("threshold: {count: 5}\n"), HasSubstr("a threshold without 'window'"));
  EXPECT_THAT(wrong_with("threshold: {count: 5, window: 5m, group_by: [a.b]}\n"),
              HasSubstr("'a.b' is no selector"));
  EXPECT_THAT(wrong_with("threshold: {count: 5, window: 5m, group_by: ['$.a[*]']}\n"),
              HasSubstr("no selector without a wildcard"));
}

TEST(rule_file, refuses_tests_that_contradict_themselves) {
  EXPECT_EQ(wrong_with("tests:\n- {name: n, match: false, severity: low, record: {}}\n"),
            "r.yaml:6:37: 'severity' in a test of a record that does not match; leave it out\n");
  EXPECT_THAT(wrong_with("tests:\n- &t {name: n, match: true, record: {}}\n- *t\n"),
              HasSubstr("another test has the name 'n'"));
  EXPECT_EQ(
      wrong_with("tests:\n- {name: n, match: true, record: {accountId: 000011112222}}\n"),
      "r.yaml:6:46: '000011112222' is no number in JSON; put it in quotes where it is a text, "
      "such as an account\n");
}

TEST(rule_file, reports_all_problems_of_all_files_in_their_order) {
  EXPECT_EQ(
      problems_of({{"b.yaml", "pattern: '{ $.a = 1 }'\nid: a\ntitle: t\nseverity: no\n"},
                   {"a.yaml", "x: [\n"},
                   {"c.yaml", "- a\n"},
                   {"d.yaml", "# nothing\n"},
                   {"e.yaml", "title: t\n"}}),
      "b.yaml:4:11: 'severity' is no severity: 'no'; did you mean 'low'?\n"
      "a.yaml:2:1: no YAML: end of sequence flow not found; look for brackets, quotes and "
      "indentation here and before\n"
      "c.yaml:1:1: a rule is a mapping, and here stands a list; write 'id: ...' and so on, or "
      "remove it\n"
      "d.yaml:1:1: no rule in it; remove the file, or write one\n"
      "e.yaml:1:1: no rule: neither 'pattern', nor 'detection', 'correlation' or 'filter'; see "
      "rules/README.md\n");
}

// Sorted by place, whatever reads it first.
TEST(rule_file, no_error_hides_the_others_of_its_file) {
  EXPECT_EQ(problems_of({{"r.yaml",
                          "id: a\nid: b\ntitle: !!str t\npatern: '{ $.a == 1 }'\nseverity: hihg\n"
                          "references: [5]\n"}}),
            "r.yaml:2:1: the key 'id' repeats; it stands in line 1 already\n"
            "r.yaml:3:8: a tag; leave it out; quote what is a text\n"
            "r.yaml:4:1: unknown key 'patern'; did you mean 'pattern'?\n"
            "r.yaml:4:16: `==` is no operator; write `=`\n"
            "r.yaml:5:11: 'severity' is no severity: 'hihg'; did you mean 'high'?\n"
            "r.yaml:6:14: 'references' is a text, and here stands a number; put it in quotes\n");
  EXPECT_EQ(
      problems_of(
          {{"s.yml", "title: t\nlevel: hihg\ndetecton:\n  s: {a|contain: b}\n  condition: t\n"}}),
      "s.yml:2:8: 'hihg' is no level; did you mean 'high'?\n"
      "s.yml:3:1: unknown key 'detecton'; did you mean 'detection'?\n"
      "s.yml:4:9: unknown modifier 'contain'; did you mean 'contains'?\n"
      "s.yml:5:14: no selection has the name 't'; did you mean 's'?\n");
  EXPECT_THAT(problems_of({{"r.yaml", "id: A\nseverity: low\n"}}),
              ::testing::AllOf(HasSubstr("a rule without 'pattern'"), HasSubstr("'A' is no id")));
}

TEST(rule_file, refuses_an_id_that_another_file_has) {
  const std::string text = "id: a\ntitle: t\npattern: '{ $.a = 1 }'\nseverity: low\n";
  EXPECT_EQ(problems_of({{"a.yaml", text}, {"b.yaml", "\n" + text}}),
            "b.yaml:2:1: the id 'a' is taken; a.yaml:1 has it too\n");
}

TEST(rule_file, tells_a_sigma_rule_by_its_detection) {
  const std::vector<loaded_rule> rules =
      rules_of("title: t\nid: x\ndetection:\n  s: {eventName: A}\n  condition: s\n");
  ASSERT_EQ(rules.size(), 1U);
  EXPECT_EQ(rules.front().rule->kind(), "sigma");
  EXPECT_THAT(problems_of({{"s.yml", "title: t\ncorrelation: {type: event_count}\n"}}),
              HasSubstr("s.yml:2:14: a correlation without 'rules'; add it"));
}

constexpr const char* sigma_with_tests = R"(title: t
id: x
custom: {anything: goes}
detection:
  s: {eventName: A}
  condition: s
tests:
  - {name: fires, match: true, record: {eventName: A}}
  - {name: stays quiet, match: false, record: {eventName: B}}
  - {name: wrong, match: true, record: {eventName: B}}
)";

TEST(rule_file, reads_the_tests_of_a_sigma_rule) {
  const std::vector<loaded_rule> rules = rules_of(sigma_with_tests);
  ASSERT_EQ(rules.size(), 1U);
  ASSERT_EQ(rules[0].tests.size(), 3U);
  EXPECT_EQ(rules[0].tests[1].at, (text_place{9, 5}));
  std::vector<std::string> failures;
  for (const rule_test& test : rules[0].tests) {
    failures.push_back(failure_of(*rules[0].rule, test, {}));
  }
  EXPECT_THAT(failures, ::testing::ElementsAre("", "", "it does not match, and should"));
}

TEST(rule_file, reports_what_is_wrong_with_the_tests_of_a_sigma_rule_beside_the_rest) {
  const std::string rule = "title: t\ndetection:\n  s: {eventName: A}\n  condition: ";
  EXPECT_THAT(problems_of({{"s.yml", rule + "s\ntests:\n- {name: n, macth: true, record: {}}\n"}}),
              ::testing::AllOf(HasSubstr("s.yml:6:3: a test without 'match'"),
                               HasSubstr("s.yml:6:13: unknown key 'macth'; did you mean 'match'")));
  EXPECT_THAT(problems_of({{"s.yml", rule + "t\ntests: simulation/a.json\n"}}),
              ::testing::AllOf(HasSubstr("s.yml:4:14: no selection has the name 't'"),
                               HasSubstr("s.yml:5:8: 'tests' is a list, and here stands a text")));
  EXPECT_THAT(problems_of({{"s.yml", rule + "s\ntests:\n- {name: n, match: true, record: {}, "
                                            "severity: low}\n"}}),
              HasSubstr("s.yml:6:38: unknown key 'severity'; a test has name, record, match"));
}

TEST(rule_file, says_what_a_failed_test_expected) {
  const std::vector<loaded_rule> rules = rules_of(R"(
id: a
title: t
pattern: '{ $.eventName = A }'
severity: low
tests:
  - {name: 1st, match: false, record: {eventName: A}}
  - {name: 2nd, match: true, record: {eventName: B}}
  - {name: 3rd, match: true, severity: high, record: {eventName: A}}
  - {name: 4th, match: true, suppressed: true, record: {eventName: A}}
)");
  std::vector<std::string> failures;
  for (const rule_test& test : rules.at(0).tests) {
    failures.push_back(failure_of(*rules[0].rule, test, {}));
  }
  EXPECT_THAT(failures,
              ::testing::ElementsAre("it matches, and should not", "it does not match, and should",
                                     "its severity is low, and should be high",
                                     "it is not suppressed, and should be"));
}

}  // namespace
}  // namespace trailbell::detect
