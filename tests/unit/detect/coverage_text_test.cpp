// Patterns of the record's text: terms, spaces, regular expressions alone.
#include <gmock/gmock.h>

#include "coverage_cases.hpp"

namespace trailbell::detect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using enum coverage_grade;

TEST(coverage_of_texts, the_empty_pattern_and_one_part_match_everything) {
  EXPECT_EQ(grade_of({""}), full);
  EXPECT_EQ(grade_of({"  "}), full);
  EXPECT_EQ(grade_of({"[]"}), full);
  EXPECT_EQ(grade_of({"[all]"}), full);
  EXPECT_EQ(grade_of({"[..., all]"}), full);
}

TEST(coverage_of_texts, a_term_that_every_record_has_covers) {
  EXPECT_EQ(grade_of({"Policy"}), full);
  EXPECT_EQ(grade_of({"Policy iam.amazonaws.com"}), full);
  EXPECT_EQ(grade_of({"?Group ?Role ?User ?CreatePolicy ?DeletePolicy"}), full);
  EXPECT_EQ(grade_of({R"("\"eventType\":\"AwsApiCall\"")"}), full);
  EXPECT_EQ(grade_of({R"("\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"")"}), full);
}

TEST(coverage_of_texts, a_term_counts_wherever_it_stands) {
  EXPECT_THAT(ask({"CreatePolicy"}).covered, ElementsAre("CreatePolicy", "CreatePolicyVersion"));
  EXPECT_THAT(ask({R"("\"CreatePolicy\"")"}).covered, ElementsAre("CreatePolicy"));
  EXPECT_EQ(grade_of({"CreatePolicy DeletePolicy AttachRolePolicy"}), partial);
  EXPECT_EQ(grade_of({"alice"}), partial);
}

TEST(coverage_of_texts, an_excluded_term_may_stand_in_a_free_member) {
  const coverage_answer answer = ask({"Policy -alice"});
  EXPECT_EQ(answer.grade, partial);
  EXPECT_THAT(*answer.witness, HasSubstr("alice"));
  EXPECT_EQ(grade_of({"-Policy"}), none);
  EXPECT_EQ(grade_of({"-\"\t\""}), full);     // compact JSON has none, and escapes it in texts
  EXPECT_EQ(grade_of({"-\"{\\\"\""}), none);  // every record begins with {"
}

TEST(coverage_of_texts, a_term_may_be_a_piece_of_structure) {
  const coverage_answer apart = ask({R"("\"readOnly\":false,\"eventType\"")"});
  EXPECT_EQ(apart.grade, partial);
  EXPECT_THAT(*apart.witness, HasSubstr("resources"));
  EXPECT_EQ(grade_of({R"(-"\"a\":[1,2]" -"}}")"}), partial);
  EXPECT_EQ(grade_of({R"("{{")"}), partial);      // in a text
  EXPECT_EQ(grade_of({R"("\":\":")"}), partial);  // a key, and the colon behind it
  EXPECT_EQ(grade_of({"\"\t\""}), none);          // is written as an escape
  EXPECT_EQ(grade_of({R"("\", \"")"}), partial);  // in a text, for compact JSON has no such blank
}

// Blanks stand within texts alone, and there a quote has a backslash.
TEST(coverage_of_texts, a_quoted_term_with_a_blank_behind_its_colon_is_in_no_record) {
  for (const char* const term :
       {R"("\"eventName\": \"CreatePolicy\"")", R"("\"eventName\": ")",
        R"("\"userName\": \"bob\"")", R"("\"a\": 1")", R"("{ \"eventName\"")", R"("\"a\" : \"b\"")",
        R"("\", \"a")", R"("\"a\"b")"}) {
    EXPECT_EQ(grade_of({term}), none) << term;
    EXPECT_EQ(grade_of({"-" + std::string{term}}), full) << term;
  }
  EXPECT_EQ(grade_of({R"("\": \"")"}), partial);  // a text that is so
  EXPECT_EQ(grade_of({R"("\": 1")"}), partial);   // or begins so
  EXPECT_EQ(grade_of({R"("\"a\": 1")", "ePolicy"}), ask({"ePolicy"}).grade);
}

TEST(coverage_of_texts, terms_and_conditions_are_seen_together) {
  EXPECT_EQ(grade_of({"-errorCode", "{ $.errorCode = * }"}), partial);  // in another member
  EXPECT_EQ(grade_of({R"(-"\"errorCode\":\"x\"")", R"({ $.errorCode = x })"}), partial);
  EXPECT_EQ(grade_of({"Group", "Role", "User", "{ $.eventName = *ePolicy* }"}), full);
  EXPECT_EQ(grade_of({"-a", "{ $.eventName = * }"}), full);
}

TEST(coverage_of_texts, a_regular_expression_alone_is_searched_in_the_whole_record) {
  EXPECT_EQ(grade_of({"%Policy%"}), full);
  EXPECT_EQ(grade_of({"%[A-Z][a-z]+Policy%"}), full);
  EXPECT_EQ(grade_of({"%^\\{.*\\}$%"}), full);
  EXPECT_EQ(grade_of({"%^Policy%"}), none);
  EXPECT_THAT(ask({"%PolicyVersion%"}).covered, SizeIs(2));
}

TEST(coverage_of_texts, fields_are_told_or_undetermined) {
  EXPECT_EQ(grade_of({"[text = *Policy*]"}), full);
  EXPECT_EQ(grade_of({"[text != *Policy*]"}), none);
  EXPECT_EQ(grade_of({"[text > 5]"}), none);
  EXPECT_EQ(grade_of({"[a, b]"}), partial);
  EXPECT_EQ(grade_of({"[a, b = x*, ...]"}), partial);
  EXPECT_EQ(grade_of({"[..., w = *Policy*]"}), partial);
  EXPECT_EQ(grade_of({"[..., w != *Policy*]"}), partial);
  EXPECT_THAT(*ask({"[..., w = *Policy*]"}).witness, HasSubstr("a a"));
  EXPECT_EQ(grade_of({"[a, b = 4* && b = 5*, ...]"}), undetermined);
}

}  // namespace
}  // namespace trailbell::detect
