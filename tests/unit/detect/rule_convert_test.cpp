#include "trailbell/detect/rule_convert.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/detect/rule_cases.hpp"

namespace trailbell::detect {
namespace {

using ::testing::HasSubstr;

std::string converted(const std::string& pattern, rule_form form,
                      const std::string& more = "severity: low\n") {
  const rule_ptr rule = rule_with(pattern, more);
  const auto* const as_pattern = dynamic_cast<const pattern_rule*>(rule.get());
  if (as_pattern == nullptr) {
    return "no rule";
  }
  const result<converted_rule> made = convert(*as_pattern, form);
  return made ? made.value().text : "refused: " + made.failure().message;
}

std::string detail(const std::string& pattern) {
  const std::string text = converted(pattern, rule_form::eventbridge);
  const std::size_t at = text.find("\"detail\":");
  return at == std::string::npos ? text : text.substr(at + 9);
}

TEST(to_eventbridge, says_equalities_and_alternatives_exactly) {
  EXPECT_EQ(detail("{ $.eventName = A || $.eventName = B }"), "{\"eventName\":[\"A\",\"B\"]}}\n");
  EXPECT_EQ(detail("{ $.eventSource = iam.amazonaws.com && $.userIdentity.type = Root && "
                   "$.userIdentity.invokedBy NOT EXISTS }"),
            "{\"eventSource\":[\"iam.amazonaws.com\"],\"userIdentity\":{\"invokedBy\":"
            "[{\"exists\":false}],\"type\":[\"Root\"]}}}\n");
  EXPECT_EQ(detail("{ $.a = x* || $.b IS TRUE }"),
            "{\"$or\":[{\"a\":[{\"prefix\":\"x\"}]},{\"b\":[true]}]}}\n");
  EXPECT_EQ(detail("{ $.c = y && ($.a = x || $.b IS NULL) }"),
            "{\"c\":[\"y\"],\"$or\":[{\"a\":[\"x\"]},{\"b\":[null]}]}}\n");
}

TEST(to_eventbridge, refuses_what_it_cannot_say_exactly) {
  EXPECT_THAT(detail("{ $.a != x }"), HasSubstr("refused: an event pattern cannot say exactly"));
  EXPECT_THAT(detail("{ $.a = *x }"), HasSubstr("refused: "));
  EXPECT_THAT(detail("{ $.a = 5 }"), HasSubstr("refused: "));
  EXPECT_THAT(detail("{ $.a[0] = x }"), HasSubstr("refused: "));
  EXPECT_THAT(detail("{ $.a = x* && $.a = xy }"), HasSubstr("two conditions on a"));
  EXPECT_THAT(detail("ERROR"), HasSubstr("only a JSON pattern"));
  // The filter takes the number 5 too, and sees an object where `exists` does not.
  EXPECT_THAT(detail(R"({ $.requestParameters.n = "5" })"), HasSubstr("refused: "));
  EXPECT_THAT(detail(R"({ $.requestParameters.n = "-*" })"), HasSubstr("refused: "));
  EXPECT_EQ(detail(R"({ $.eventVersion = "1.08" })"), "{\"eventVersion\":[\"1.08\"]}}\n");
  EXPECT_THAT(detail("{ $.requestParameters NOT EXISTS }"), HasSubstr("refused: "));
  EXPECT_EQ(detail("{ $.errorCode NOT EXISTS }"), "{\"errorCode\":[{\"exists\":false}]}}\n");
  EXPECT_THAT(converted("{ $.a = x }", rule_form::eventbridge,
                        "severity: low\nsuppress: ['{ $.b = y }']\n"),
              HasSubstr("no 'suppress'"));
  EXPECT_THAT(converted("{ $.a = x }", rule_form::eventbridge,
                        "severity: low\nthreshold: {count: 2, window: 1m}\n"),
              HasSubstr("no 'threshold'"));
}

TEST(to_sigma, joins_searches_by_the_condition_and_minds_the_case) {
  const std::string text =
      converted("{ $.eventSource = iam.amazonaws.com && ($.eventName = A || $.eventName = B) }",
                rule_form::sigma, "severity: high\nsuppress: ['{ $.b = \"a?\" }']\n");
  EXPECT_THAT(text, HasSubstr("  sel1:\n    eventSource|cased: \"iam.amazonaws.com\"\n"));
  EXPECT_THAT(text, HasSubstr("  sel2:\n    eventName|cased:\n      - \"A\"\n      - \"B\"\n"));
  EXPECT_THAT(text, HasSubstr("  sel3:\n    b|cased: \"a\\\\?\"\n"));
  EXPECT_THAT(text, HasSubstr("  condition: (sel1 and sel2) and not sel3\n"));
  EXPECT_THAT(text, HasSubstr("level: high\n"));
}

TEST(to_sigma, refuses_what_it_cannot_say_exactly) {
  for (const char* const pattern :
       {"{ $.a != x }", "{ $.a IS NULL }", "{ $.a[*] = x }", "{ $.a = %x% }", "[a, b]"}) {
    EXPECT_THAT(converted(pattern, rule_form::sigma), HasSubstr("refused: ")) << pattern;
  }
}

TEST(to_sigma, says_where_it_is_not_exact) {
  const auto notes_of = [](const std::string& pattern) {
    const rule_ptr rule = rule_with(pattern);
    const auto made = convert(dynamic_cast<const pattern_rule&>(*rule), rule_form::sigma);
    std::string all;
    for (const std::string& note : made.value().notes) {
      all += note + "\n";
    }
    return all;
  };
  for (const char* const exact :
       {"{ $.eventName = A && $.errorCode NOT EXISTS }", "{ $.readOnly IS FALSE }",
        "{ $.userIdentity.type = Root }", "{ $.requestParameters NOT EXISTS }",
        "{ $.userIdentity.sessionContext.sessionIssuer.arn = x* }"}) {
    EXPECT_EQ(notes_of(exact), "") << exact;
  }
  for (const char* const loose :
       {"{ $.requestParameters.a = x }", "{ $.requestParameters.a IS TRUE }",
        "{ $.requestParameters.a.b NOT EXISTS }", "{ $.resources.ARN = x }", "{ $.readOnly = x }",
        "{ $.eventName IS TRUE }"}) {
    EXPECT_THAT(notes_of(loose), HasSubstr("not exact where")) << loose;
  }
  EXPECT_THAT(notes_of("{ $.eventName = A && ($.responseElements.b = x || $.responseElements.b = y)"
                       " }"),
              HasSubstr("a pattern does not: responseElements.b\n"));
}

TEST(to_aws_cli, makes_a_filter_and_its_alarm_with_the_very_pattern) {
  const std::string text = converted("{ $.a = \"it''s\" }", rule_form::aws_cli);
  EXPECT_THAT(text, HasSubstr("--filter-pattern='{ $.a = \"it'\\''s\" }'"));
  EXPECT_THAT(text, HasSubstr("aws cloudwatch put-metric-alarm"));
  EXPECT_THAT(text, HasSubstr("--treat-missing-data notBreaching"));
  EXPECT_THAT(converted("{ $.a = x }", rule_form::aws_cli,
                        "severity: low\nthreshold: {count: 2, window: 1m}\n"),
              HasSubstr("refused: "));
}

}  // namespace
}  // namespace trailbell::detect
