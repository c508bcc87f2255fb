#include "trailbell/detect/coverage.hpp"

#include <gmock/gmock.h>

#include <algorithm>

#include "coverage_cases.hpp"

namespace trailbell::detect {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using enum coverage_grade;

TEST(coverage, the_exact_list_covers_everything_however_it_is_written) {
  std::vector<std::string> reversed = all_names();
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(grade_of({"{" + exact() + "}"}), full);
  EXPECT_EQ(grade_of({"{" + any_of(all_names(), "\"*\"") + "}"}), full);
  EXPECT_EQ(grade_of({"{" + any_of(reversed) + "}"}), full);
  EXPECT_EQ(grade_of({"{ $.eventSource = \"iam.amazonaws.com\" && (" + exact() + ") }"}), full);
  EXPECT_EQ(grade_of({"{ ($.eventName = Extra) || " + exact() + "}"}), full);
}

TEST(coverage, names_every_event_that_slips_through) {
  std::vector<std::string> names = all_names();
  names.erase(std::find(names.begin(), names.end(), "DeletePolicy"));
  const coverage_answer answer = ask({"{" + any_of(names) + "}"});
  EXPECT_EQ(answer.grade, partial);
  EXPECT_THAT(answer.covered, SizeIs(15));
  EXPECT_THAT(answer.uncovered, ElementsAre("DeletePolicy"));
  EXPECT_EQ(*answer.witness,
            R"({"eventSource":"iam.amazonaws.com","eventName":"DeletePolicy","readOnly":false,)"
            R"("eventType":"AwsApiCall","managementEvent":true,"eventCategory":"Management"})");
}

TEST(coverage, filters_share_the_work) {
  const std::vector<std::string> names = all_names();
  const std::vector<std::string> first{names.begin(), names.begin() + 8};
  const std::vector<std::string> second{names.begin() + 8, names.end()};
  EXPECT_EQ(grade_of({"{" + any_of(first) + "}"}), partial);
  EXPECT_EQ(grade_of({"{" + any_of(first) + "}", "{" + any_of(second) + "}"}), full);
  std::vector<std::string> one_each;
  for (const std::string& name : names) {
    one_each.push_back("{ $.eventName = " + name + " }");
  }
  EXPECT_EQ(grade_of(one_each), full);
  one_each.pop_back();
  EXPECT_THAT(ask(one_each).uncovered, ElementsAre("DetachGroupPolicy"));
}

TEST(coverage, globs_and_regular_expressions_cover_by_union) {
  EXPECT_EQ(grade_of({"{ $.eventName = *Policy* }"}), full);
  EXPECT_EQ(grade_of({"{ $.eventName = \"*Policy\" }"}), partial);
  EXPECT_EQ(grade_of({"{ $.eventName = \"*Policy\" || $.eventName = \"*Version\" }"}), full);
  EXPECT_EQ(grade_of({"{ $.eventName = Create* || $.eventName = Put* }", "{ $.eventName = De* }",
                      "{ $.eventName = Attach*Policy }"}),
            full);
  EXPECT_EQ(grade_of({"{ $.eventName = %^[ACDP][a-zA-Z]+Policy% }"}), full);
  EXPECT_EQ(grade_of({"{ $.eventName = %Policy$|Version$% }"}), full);
  EXPECT_THAT(
      ask({"{ $.eventName = %^[A-Z][a-z]{1,5}[GRU]% }"}).uncovered,
      ElementsAre("CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion"));
}

TEST(coverage, a_glob_does_not_try_a_second_time) {
  // The first `Policy` of the name is taken, and it is not the end of the text.
  EXPECT_THAT(ask({"{ $.eventName = *e*Policy }"}).covered,
              testing::Not(testing::Contains("CreatePolicyVersion")));
  EXPECT_EQ(grade_of({"{ $.userIdentity.arn != *aba && $.userIdentity.arn = ababa }"}), partial);
}

TEST(coverage, what_never_holds_covers_nothing) {
  EXPECT_EQ(grade_of({"{" + any_of(all_names(), "*", " && ") + "}"}), none);
  EXPECT_EQ(grade_of({"{ $.eventName = NeverHappens && (" + exact() + ") }"}), none);
  EXPECT_EQ(grade_of({"{ $.eventSource = sts.amazonaws.com && (" + exact() + ") }"}), none);
  EXPECT_EQ(grade_of({"{ $.readOnly = \"false\" && (" + exact() + ") }"}), none);
  EXPECT_EQ(grade_of({"{ $.readOnly = false && (" + exact() + ") }"}), none);
  EXPECT_EQ(grade_of({"{ $.readOnly != \"true\" }"}), none);
  EXPECT_EQ(grade_of({"{ $.readOnly IS TRUE }"}), none);
  EXPECT_EQ(grade_of({"{ $.eventname = *Policy* }"}), none);
  EXPECT_EQ(grade_of({"{ $.detail.eventName = * }"}), none);
  EXPECT_EQ(grade_of({"{ $.x = \"$.eventName = CreatePolicy\" }"}), none);
  EXPECT_EQ(grade_of({"{ $.userIdentity.arn = a* && $.userIdentity.arn = *b && "
                      "$.userIdentity.arn = abc }"}),
            none);
  EXPECT_EQ(grade_of({"{ $.eventName.x = 1 }", "{ $.eventName[0] = a }"}), none);
}

TEST(coverage, members_with_one_value_are_known) {
  EXPECT_EQ(grade_of({"{ $.readOnly IS FALSE && (" + exact() + ") }"}), full);
  EXPECT_EQ(grade_of({"{ $.eventSource = iam* && $.readOnly IS FALSE }"}), full);
  EXPECT_EQ(grade_of({"{ $.managementEvent IS TRUE && $.eventCategory = Management }"}), full);
  EXPECT_EQ(grade_of({"{ $.eventType != AwsServiceEvent && $.eventContext NOT EXISTS }"}), full);
  EXPECT_EQ(grade_of({"{ $.managementEvent IS NULL }"}), none);
}

TEST(coverage, only_denied_calls_may_slip_through) {
  const coverage_answer answer = ask({"{ $.errorCode NOT EXISTS && (" + exact() + ") }"});
  EXPECT_EQ(answer.grade, changes_only);
  EXPECT_THAT(answer.covered, SizeIs(16));
  EXPECT_THAT(answer.uncovered, IsEmpty());
  EXPECT_EQ(grade_of({"{ $.errorCode NOT EXISTS && $.errorMessage NOT EXISTS }"}), changes_only);
  EXPECT_EQ(grade_of({"{ $.errorMessage NOT EXISTS }", "{ $.errorCode = AccessDenied }"}),
            changes_only);
  EXPECT_EQ(grade_of({"{ $.errorCode NOT EXISTS }", "{ $.errorCode = * }"}), full);
  EXPECT_EQ(grade_of({"{ $.errorCode NOT EXISTS }", "{ $.errorCode != AccessDenied }"}),
            changes_only);
  EXPECT_EQ(grade_of({"{ $.errorCode NOT EXISTS || $.errorCode = a* || $.errorCode != a* }"}),
            full);
}

TEST(coverage, a_test_of_errors_alone_misses_every_success) {
  EXPECT_EQ(grade_of({"{ $.errorCode = * }"}), partial);
  EXPECT_EQ(grade_of({"{ $.errorCode != \"*\" }"}), none);
  EXPECT_EQ(grade_of({"{ $.errorCode != AccessDenied }"}), partial);
  EXPECT_EQ(grade_of({"{ $.errorCode IS NULL }"}), none);
}

TEST(coverage, unequal_does_not_hold_for_what_is_missing) {
  EXPECT_EQ(grade_of({"{ $.userIdentity.type = Root || $.userIdentity.type != Root }"}), partial);
  EXPECT_EQ(grade_of({"{ $.userIdentity.type = Root || $.userIdentity.type != Root || "
                      "$.userIdentity.type NOT EXISTS }"}),
            full);
  EXPECT_EQ(grade_of({"{ $.userIdentity.type = Root }", "{ $.userIdentity.type != Root }",
                      "{ $.userIdentity NOT EXISTS }"}),
            partial);
  EXPECT_EQ(grade_of({"{ $.eventName != HeadBucket || $.sourceIPAddress != x }"}), full);
  EXPECT_EQ(grade_of({"{ $.sourceIPAddress != delivery.logs.amazonaws.com }"}), partial);
}

TEST(coverage, what_is_open_may_be_of_any_kind) {
  const std::string at = "$.requestParameters.a";
  EXPECT_EQ(grade_of({"{ " + at + " NOT EXISTS || " + at + " = * }"}), partial);
  EXPECT_EQ(grade_of({"{ " + at + " NOT EXISTS || " + at + " = * || " + at + " IS NULL || " + at +
                      " IS TRUE || " + at + " IS FALSE }"}),
            partial);  // an object or an array
  EXPECT_EQ(grade_of({"{ $.userIdentity.userName NOT EXISTS || $.userIdentity.userName = * }"}),
            full);  // always a text
  EXPECT_EQ(grade_of({"{ $.requestParameters NOT EXISTS || $.requestParameters IS NULL || "
                      "$.requestParameters.* NOT EXISTS || $.requestParameters.* = * }"}),
            partial);
}

TEST(coverage, numbers_are_split_at_the_patterns_own) {
  const std::string at = "$.requestParameters.maxItems";
  EXPECT_EQ(grade_of({"{ " + at + " > 5 && " + at + " < 5 }"}), none);
  EXPECT_EQ(grade_of({"{ " + at + " >= 5 && " + at + " <= 5 }"}), partial);
  EXPECT_EQ(grade_of({"{ " + at + " > 5 && " + at + " < 6 }"}), partial);       // 5.5
  EXPECT_EQ(grade_of({"{ " + at + " > 1 && " + at + " = \"1*\" }"}), partial);  // 10
  EXPECT_EQ(grade_of({"{ " + at + " = 1 && " + at + " = x }"}), none);
}

TEST(coverage, two_wildcards_may_be_met_by_two_children) {
  EXPECT_EQ(grade_of({"{ $.resources[*].type = a && $.resources[*].type = b }"}), partial);
  EXPECT_EQ(grade_of({"{ $.resources[0].type = a && $.resources[0].type = b }"}), none);
  EXPECT_EQ(grade_of({"{ $.resources[*].type = a && $.resources[*].type != a }"}), none);
  EXPECT_EQ(grade_of({"{ $.resources[*].type != a }", "{ $.resources[*].type = a }"}), partial);
  EXPECT_EQ(grade_of({"{ $.resources[*].type != a }", "{ $.resources[*].type = a }",
                      "{ $.resources NOT EXISTS }"}),
            full);
  EXPECT_EQ(grade_of({"{ $.resources[*] NOT EXISTS }", "{ $.resources[0] NOT EXISTS }"}), partial);
  EXPECT_EQ(grade_of({"{ $.resources[1].ARN = a && $.resources[0] NOT EXISTS }"}), none);
  EXPECT_EQ(grade_of({"{ $.* = iam.amazonaws.com }"}), full);
  EXPECT_EQ(grade_of({"{ $.* = Root }"}), partial);
  EXPECT_EQ(grade_of({"{ $.*.userName = alice && $.userIdentity NOT EXISTS }"}), partial);
  EXPECT_EQ(grade_of({"{ $.tlsDetails.* = a && $.tlsDetails.* = b && $.tlsDetails.* = c && "
                      "$.tlsDetails.keyExchange NOT EXISTS }"}),
            partial);
}

TEST(coverage, a_null_in_an_array_is_null) {
  EXPECT_EQ(grade_of({"{ $.requestParameters.a IS NULL && $.requestParameters.a[1] = x }"}),
            partial);
  EXPECT_EQ(grade_of({"{ $.resources IS NULL }"}), none);  // of objects only
  EXPECT_EQ(grade_of({"{ $.requestParameters IS NULL }"}), partial);
  EXPECT_EQ(grade_of({"{ $.requestParameters IS NULL && $.requestParameters.a = 1 }"}), none);
}

TEST(coverage, a_place_and_a_place_below_it_bind_each_other) {
  EXPECT_EQ(grade_of({"{ $.requestParameters.a = x && $.requestParameters.a.b = y }"}), none);
  EXPECT_EQ(grade_of({"{ $.requestParameters NOT EXISTS && $.requestParameters.a = x }"}), none);
  EXPECT_EQ(grade_of({"{ $.requestParameters.a.b NOT EXISTS }", "{ $.requestParameters.a.b = * }"}),
            partial);
  EXPECT_EQ(grade_of({"{ $.userIdentity.sessionContext.attributes.mfaAuthenticated NOT EXISTS }",
                      "{ $.userIdentity.sessionContext.attributes.mfaAuthenticated = true }",
                      "{ $.userIdentity.sessionContext.attributes.mfaAuthenticated != true }"}),
            full);
  EXPECT_EQ(grade_of({"{ $.userIdentity.sessionContext.mfaAuthenticated = true }"}), none);
}

TEST(coverage, an_exclusion_lets_something_through) {
  const coverage_answer answer =
      ask({"{ $.userIdentity.arn != *Admin* && (" + exact() + ") }",
           "{ $.userIdentity NOT EXISTS }", "{ $.userIdentity.arn NOT EXISTS }"});
  EXPECT_EQ(answer.grade, partial);
  EXPECT_THAT(*answer.witness, testing::HasSubstr(R"("userIdentity":{"arn":"Admin"})"));
}

TEST(coverage, another_controls_pattern_splits_by_its_own_names) {
  const coverage_control trail =
      control_of(parsed("{ ($.eventName = StopLogging) || ($.eventName = DeleteTrail) || "
                        "($.eventName = Put* && $.eventSource = cloudtrail.amazonaws.com) }"));
  EXPECT_THAT(trail.event_names, ElementsAre("StopLogging", "DeleteTrail"));
  const auto answered = [&trail](const std::vector<std::string>& texts) {
    return covers(trail, parsed_all(texts));
  };
  EXPECT_EQ(answered({"{ $.eventName = * }"}).grade, full);
  const coverage_answer some = answered({"{ $.eventName = StopLogging }"});
  EXPECT_EQ(some.grade, partial);
  EXPECT_THAT(some.covered, ElementsAre("StopLogging"));
  EXPECT_THAT(some.uncovered, ElementsAre("DeleteTrail"));
  const coverage_answer others =
      answered({"{ $.eventName = StopLogging || $.eventName = DeleteTrail }"});
  EXPECT_EQ(others.grade, partial);
  EXPECT_THAT(others.uncovered, IsEmpty());
  EXPECT_THAT(*others.witness, testing::HasSubstr("cloudtrail.amazonaws.com"));
  EXPECT_EQ(answered({"{ $.eventName = Nothing }"}).grade, none);
}

TEST(coverage, says_what_a_pattern_matches_beyond_the_control) {
  const coverage_control& control = *find_coverage_control("cis-4.4");
  EXPECT_THAT(*noise_of(control, parsed("{" + exact() + "}")).record,
              testing::HasSubstr(R"("eventSource":"organizations.amazonaws.com")"));
  EXPECT_EQ(*noise_of(control, parsed("{ $.eventSource = iam* && $.eventName = *Policy }")).record,
            R"({"eventSource":"iam.amazonaws.com","eventName":"GetPolicy"})");
  EXPECT_EQ(noise_of(control, control.meant).record, std::nullopt);
  EXPECT_FALSE(noise_of(control, control.meant).undecided);
}

TEST(coverage, a_pattern_that_is_no_text_is_undetermined) {
  const coverage_answer answer = ask({"{ $.userAgent = \"\xff\" }"});
  EXPECT_EQ(answer.grade, undetermined);
  EXPECT_EQ(answer.reason, "a pattern is not UTF-8 text");
}

TEST(coverage, no_pattern_at_all_covers_nothing) {
  EXPECT_EQ(grade_of({}), none);
}

TEST(coverage, an_index_beyond_the_bound_is_undetermined_only_where_it_matters) {
  EXPECT_EQ(grade_of({"{ $.requestParameters.a[70] = x }"}), undetermined);
  EXPECT_EQ(grade_of({"{ $.requestParameters.a[70] = x }", "{ $.readOnly IS FALSE }"}), full);
  EXPECT_EQ(grade_of({"{ $.requestParameters.a[70] = x }", "{ $.eventName = Put* }"}), partial);
}

}  // namespace
}  // namespace trailbell::detect
