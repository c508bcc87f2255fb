// What modifiers make of a value, and which cannot stand together.
#include <gtest/gtest.h>

#include "support/sigma_asked.hpp"

namespace trailbell::test {
namespace {

std::string record_with(std::string_view value) {
  return "{\"a\":\"" + std::string{value} + "\"}";
}

TEST(sigma_modifier, contains_startswith_and_endswith_say_where) {
  EXPECT_TRUE(selects("{a|contains: B}", R"({"a":"abc"})"));
  EXPECT_TRUE(selects("{a|startswith: A}", R"({"a":"abc"})"));
  EXPECT_FALSE(selects("{a|startswith: b}", R"({"a":"abc"})"));
  EXPECT_TRUE(selects("{a|endswith: C}", R"({"a":"abc"})"));
  EXPECT_FALSE(selects("{a|endswith: bcx}", R"({"a":"bc"})"));
  EXPECT_TRUE(selects("{a|contains: 'a*c'}", R"({"a":"xabcx"})"));
  EXPECT_TRUE(selects("{a|contains: '*'}", R"({"a":""})"));
  EXPECT_FALSE(selects("{a|contains: '*'}", R"({"b":""})"));
  EXPECT_FALSE(selects(R"({a|contains: '\*'})", R"({"a":"x"})"));
}

TEST(sigma_modifier, neq_is_that_none_of_the_values_holds) {
  EXPECT_TRUE(selects("{a|neq: [x, y]}", R"({"a":"z"})"));
  EXPECT_FALSE(selects("{a|neq: [x, y]}", R"({"a":"Y"})"));
  EXPECT_TRUE(selects("{a|contains|neq: x}", R"({"a":"z"})"));
  EXPECT_TRUE(selects("{a|neq: x}", "{}")) << "what is absent differs";
}

TEST(sigma_modifier, re_is_searched_anywhere_and_keeps_the_case) {
  EXPECT_TRUE(selects("{a|re: 'b+c'}", R"({"a":"abbc"})"));
  EXPECT_FALSE(selects("{a|re: '^b'}", R"({"a":"abbc"})"));
  EXPECT_FALSE(selects("{a|re: 'B'}", R"({"a":"abbc"})"));
  EXPECT_TRUE(selects("{a|re|i: 'B'}", R"({"a":"abbc"})"));
  EXPECT_TRUE(selects(R"({a|re: '\.\*'})", R"({"a":".*"})")) << "its backslashes are its own";
  EXPECT_TRUE(selects("{a|re: '^5$'}", R"({"a":5})"));
  EXPECT_TRUE(selects("{a|re|all: ['a', 'c']}", R"({"a":"abc"})"));
  EXPECT_FALSE(selects("{a|re: '.*'}", R"({"a":null})"));
}

TEST(sigma_modifier, m_is_for_lines_and_s_for_the_dot) {
  EXPECT_FALSE(selects("{a|re: '^y$'}", R"({"a":"x\ny"})"));
  EXPECT_TRUE(selects("{a|re|m: '^y$'}", R"({"a":"x\ny"})"));
  EXPECT_FALSE(selects("{a|re: 'x.y'}", R"({"a":"x\ny"})"));
  EXPECT_TRUE(selects("{a|re|s: 'x.y'}", R"({"a":"x\ny"})"));
  EXPECT_TRUE(selects("{a|re|i|s|m: '^X.Y$'}", R"({"a":"x\ny"})"));
  EXPECT_TRUE(selects("{a|re|ignorecase|dotall|multiline: 'X.Y'}", R"({"a":"x\ny"})"));
}

TEST(sigma_modifier, a_regular_expression_that_is_not_linear_is_refused_by_name) {
  const auto refused = [](std::string_view source) {
    const std::string said = problem_of("{a|re: '" + std::string{source} + "'}");
    return said.substr(0, said.find("; see"));
  };
  const std::string behind = "', which cannot be run in linear time";
  EXPECT_EQ(refused("a(?=b)"), "3:13: this regular expression has a look-ahead, '(?=" + behind);
  EXPECT_EQ(refused("a(?!b)"),
            "3:13: this regular expression has a negative look-ahead, '(?!" + behind);
  EXPECT_EQ(refused("(?<=b)a"), "3:13: this regular expression has a look-behind, '(?<=" + behind);
  EXPECT_EQ(refused("(?<!b)a"),
            "3:13: this regular expression has a negative look-behind, '(?<!" + behind);
  EXPECT_EQ(refused("(?>a)"), "3:13: this regular expression has an atomic group, '(?>" + behind);
  EXPECT_EQ(refused(R"((a)\1)"),
            R"(3:13: this regular expression has a back-reference, '\1)" + behind);
  EXPECT_EQ(refused("(a"), "3:13: this is no regular expression that can be run: missing ): (a");
}

TEST(sigma_modifier, cidr_is_a_range_of_addresses) {
  EXPECT_TRUE(selects("{a|cidr: 10.0.0.0/8}", R"({"a":"10.200.3.4"})"));
  EXPECT_FALSE(selects("{a|cidr: 10.0.0.0/8}", R"({"a":"11.0.0.0"})"));
  EXPECT_TRUE(selects("{a|cidr: 192.0.2.128/25}", R"({"a":"192.0.2.200"})"));
  EXPECT_FALSE(selects("{a|cidr: 192.0.2.128/25}", R"({"a":"192.0.2.127"})"));
  EXPECT_TRUE(selects("{a|cidr: 192.0.2.7}", R"({"a":"192.0.2.7"})"));
  EXPECT_TRUE(selects("{a|cidr: 0.0.0.0/0}", R"({"a":"1.2.3.4"})"));
  EXPECT_FALSE(selects("{a|cidr: 0.0.0.0/0}", R"({"a":"2001:db8::1"})"));
  EXPECT_TRUE(selects("{a|cidr: '2001:db8::/32'}", R"({"a":"2001:DB8:0:1::"})"));
  EXPECT_FALSE(selects("{a|cidr: '2001:db8::/32'}", R"({"a":"2001:db9::1"})"));
  EXPECT_TRUE(selects("{a|cidr: 10.0.0.0/8}", R"({"a":"::ffff:10.0.0.1"})"));
  EXPECT_FALSE(selects("{a|cidr: 0.0.0.0/0}", R"({"a":"cloudtrail.amazonaws.com"})"));
  EXPECT_FALSE(selects("{a|cidr: 10.0.0.0/8}", R"({"a":"10.1"})"));
  EXPECT_TRUE(selects("{a|cidr|neq: [10.0.0.0/8, 192.168.0.0/16]}", R"({"a":"8.8.8.8"})"));
  EXPECT_EQ(problem_of("{a|cidr: 10.1.0.0/8}"),
            "3:15: '10.1.0.0/8' is no network: its first address is 10.0.0.0; write one such as "
            "10.0.0.0/8 or 2001:db8::/32");
  for (const char* const wrong :
       {"10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "10.0.0.0/x", "'::/129'"}) {
    EXPECT_NE(problem_of("{a|cidr: " + std::string{wrong} + "}").find("is no network"),
              std::string::npos);
  }
}

TEST(sigma_modifier, lt_lte_gt_and_gte_compare_numbers) {
  EXPECT_TRUE(selects("{a|lt: 10}", R"({"a":9.5})"));
  EXPECT_FALSE(selects("{a|lt: 10}", R"({"a":10})"));
  EXPECT_TRUE(selects("{a|lte: 10}", R"({"a":10})"));
  EXPECT_TRUE(selects("{a|gt: -1.5}", R"({"a":-1})"));
  EXPECT_TRUE(selects("{a|gte: 3}", R"({"a":"3"})")) << "a text that is a number";
  EXPECT_FALSE(selects("{a|gte: 3}", R"({"a":"three"})"));
  EXPECT_FALSE(selects("{a|lt: 10}", "{}"));
  EXPECT_FALSE(selects("{a|lt: 10}", R"({"a":null})"));
  EXPECT_TRUE(selects("{a|lt|neq: 10}", R"({"a":11})"));
  EXPECT_EQ(problem_of("{a|lt: 'x'}"),
            "3:13: 'lt' compares with a number, and here stands a text; write it without quotes");
}

TEST(sigma_modifier, parts_of_a_time_are_those_of_utc) {
  const std::string record = record_with("2026-01-01T22:07:59Z");  // a Thursday
  EXPECT_TRUE(selects("{a|minute: 7}", record));
  EXPECT_TRUE(selects("{a|hour: [1, 22]}", record));
  EXPECT_TRUE(selects("{a|day: 1}", record));
  EXPECT_TRUE(selects("{a|week: 1}", record));
  EXPECT_TRUE(selects("{a|month: 1}", record));
  EXPECT_TRUE(selects("{a|year: 2026}", record));
  EXPECT_FALSE(selects("{a|hour: 21}", record));
  EXPECT_TRUE(selects("{a|hour|gte: 22}", record));
  EXPECT_FALSE(selects("{a|hour|lt: 22}", record));
  EXPECT_TRUE(selects("{a|hour: 20}", record_with("2026-01-01T22:07:59+02:00")));
  EXPECT_TRUE(selects("{a|week: 53}", record_with("2021-01-03T00:00:00Z"))) << "a Sunday";
  EXPECT_TRUE(selects("{a|week: 1}", record_with("2021-01-04T00:00:00Z")));
  EXPECT_TRUE(selects("{a|week: 52}", record_with("2022-12-31T23:59:59Z")));
  EXPECT_FALSE(selects("{a|hour|gte: 0}", record_with("yesterday")));
  EXPECT_EQ(problem_of("{a|hour: 24}"),
            "3:15: 'hour' is a whole number from 0 to 23; write such a number");
  EXPECT_EQ(problem_of("{a|month: x}"),
            "3:16: 'month' is a whole number from 1 to 12; write such a number");
}

TEST(sigma_modifier, windash_takes_dashes_in_front_of_words_for_one_another) {
  for (const char* const dash : {"-", "/", "\xe2\x80\x93", "\xe2\x80\x94", "\xe2\x80\x95"}) {
    const std::string record = record_with("cmd " + std::string{dash} + "enc a-b");
    EXPECT_TRUE(selects("{a|windash|contains: ' -enc a-b'}", record)) << dash;
    EXPECT_TRUE(selects("{a|windash: 'cmd /ENC *'}", record)) << dash;
  }
  EXPECT_FALSE(selects("{a|windash|contains: ' -enc'}", record_with("cmd +enc")));
  EXPECT_FALSE(selects("{a|windash|contains: 'a-b'}", record_with("a/b"))) << "within a word";
  EXPECT_TRUE(selects("{a|windash: '-a -b'}", record_with("/a -b"))) << "each for itself";
}

TEST(sigma_modifier, base64_encodes_and_base64offset_at_every_offset) {
  EXPECT_TRUE(selects("{a|base64: 'http://'}", record_with("aHR0cDovLw==")));
  EXPECT_TRUE(selects("{a|base64|contains: foobar}", record_with("xZm9vYmFyx")));
  // "secret" at each of the three places in a group of three bytes
  for (const char* const coded : {"c2VjcmV0IGlz", "eHNlY3JldCBpcw==", "eHhzZWNyZXQgaXM="}) {
    EXPECT_TRUE(selects("{a|base64offset|contains: secret}", record_with(coded))) << coded;
  }
  EXPECT_FALSE(selects("{a|base64offset|contains: secret}", record_with("c2VjcmU=")));
  EXPECT_TRUE(selects(R"({a|base64: 'a\*'})", record_with("YSo=")));
  EXPECT_EQ(problem_of("{a|base64: 'a*'}").substr(0, 43),
            "3:17: 'base64' of a text with wildcards; wr");
  EXPECT_NE(problem_of("{a|contains|base64: a}"), "accepted") << "contains has put wildcards";
}

TEST(sigma_modifier, utf16_makes_two_bytes_of_a_character) {
  EXPECT_TRUE(selects("{a|utf16le|base64: ab}", record_with("YQBiAA==")));
  EXPECT_TRUE(selects("{a|wide|base64: ab}", record_with("YQBiAA==")));
  EXPECT_TRUE(selects("{a|utf16be|base64: ab}", record_with("AGEAYg==")));
  EXPECT_TRUE(selects("{a|utf16|base64: ab}", record_with("//5hAGIA")));
  EXPECT_TRUE(selects("{a|wide|base64: \"\\u20ac\"}", record_with("rCA=")));
  EXPECT_TRUE(selects("{a|wide|base64: \"\\U0001F600\"}", record_with("PdgA3g==")));
  EXPECT_TRUE(selects("{a|wide: 'a*'}", record_with("a\\u0000b\\u0000")));
  EXPECT_TRUE(selects("{a|wide|base64offset|contains: whoami}", record_with("eHdoAG8AYQBtAGkA")) ==
              selects("{a|contains: dwBoAG8AYQBtAGkA}", record_with("eHdoAG8AYQBtAGkA")));
  EXPECT_EQ(problem_of("{a|utf16: ab}"),
            "3:16: no text can hold these bytes of UTF-16; add base64 or base64offset behind the "
            "modifier");
}

TEST(sigma_modifier, windash_in_front_of_base64_spells_every_dash) {
  EXPECT_TRUE(selects("{a|windash|base64: '-e'}", record_with("L2U=")));
  EXPECT_TRUE(selects("{a|windash|base64: '-e'}", record_with("LWU=")));
  EXPECT_NE(problem_of("{a|windash|base64: '-a -b -c -d -e -f -g -h'}").find("too many dashes"),
            std::string::npos);
}

TEST(sigma_modifier, fieldref_compares_two_fields) {
  const char* const equal = "{userIdentity.arn|fieldref: requestParameters.userName}";
  EXPECT_TRUE(
      selects(equal, R"({"userIdentity":{"arn":"Al"},"requestParameters":{"userName":"al"}})"));
  EXPECT_FALSE(
      selects(equal, R"({"userIdentity":{"arn":"al"},"requestParameters":{"userName":"bo"}})"));
  EXPECT_FALSE(selects(equal, R"({"userIdentity":{"arn":"al"}})"));
  EXPECT_FALSE(selects("{a|fieldref: b}", R"({"a":null,"b":null})"));
  EXPECT_TRUE(selects("{a|fieldref: b}", R"({"a":[1,2],"b":["2"]})"));
  EXPECT_TRUE(selects("{a|fieldref|endswith: b}", R"({"a":"user/al","b":"AL"})"));
  EXPECT_FALSE(selects("{a|fieldref|startswith: b}", R"({"a":"user/al","b":"al"})"));
  EXPECT_TRUE(selects("{a|fieldref|startswith: b}", R"({"a":"al/x","b":"al"})"));
  EXPECT_TRUE(selects("{a|fieldref|contains: b}", R"({"a":"user/al/x","b":"al"})"));
  EXPECT_FALSE(selects("{a|fieldref|contains: b}", R"({"a":"user","b":"a*"})")) << "no wildcards";
  EXPECT_FALSE(selects("{a|fieldref|cased: b}", R"({"a":"Al","b":"al"})"));
  EXPECT_TRUE(selects("{a|fieldref|neq: b}", R"({"a":"x","b":"y"})"));
  EXPECT_EQ(problem_of("{a|fieldref: 'b*'}"),
            "3:19: a field name with wildcards; write the path of one field");
}

TEST(sigma_modifier, says_which_cannot_stand_together) {
  EXPECT_EQ(problem_of("{a|contain: x}"),
            "3:9: unknown modifier 'contain'; did you mean 'contains'?");
  EXPECT_EQ(problem_of("{'a|': x}"),
            "3:10: unknown modifier ''; write one that Sigma has, such as 'contains'");
  EXPECT_EQ(problem_of("{a|i: x}"),
            "3:9: 'i' changes a regular expression, and there is none; write 're' in front of it");
  EXPECT_EQ(problem_of("{a|re|contains: x}"),
            "3:12: 'contains' has no meaning beside 're'; a regular expression is found anywhere; "
            "anchor it with ^ or $");
  EXPECT_EQ(problem_of("{a|re|cased: x}"),
            "3:12: 'cased' has no meaning beside 're'; a regular expression keeps the case unless "
            "it has 'i'");
  EXPECT_EQ(problem_of("{a|i|re: x}"), "3:9: 'i' stands before 're'; write it behind 're'");
  EXPECT_EQ(problem_of("{a|contains|startswith: x}"),
            "3:18: 'startswith' cannot stand beside 'contains'; one of them is enough");
  EXPECT_EQ(problem_of("{a|contains|contains: x}"),
            "3:18: the modifier 'contains' stands here twice; remove one");
  EXPECT_EQ(problem_of("{a|cidr|contains: x}").substr(0, 50),
            "3:14: 'contains' has no meaning beside 'cidr'; lea");
  EXPECT_EQ(problem_of("{a|lt|gt: 1}"),
            "3:12: 'gt' cannot stand beside 'lt'; one of them is enough");
  EXPECT_EQ(problem_of("{a|lt|hour: 1}"),
            "3:9: 'lt' stands before 'hour'; take the part of the time first, then compare it");
  EXPECT_EQ(problem_of("{a|exists|neq: true}"),
            "3:16: 'neq' has no meaning beside 'exists'; 'exists' stands alone");
  EXPECT_EQ(
      problem_of("{a|exists: 'true'}"),
      "3:17: 'exists' is true or false, and here stands a text; write one of them, without quotes");
  EXPECT_EQ(problem_of("{a|endswith|fieldref: b}"),
            "3:9: 'endswith' stands before 'fieldref'; write it behind 'fieldref'");
  EXPECT_EQ(problem_of("{'|cidr': 10.0.0.0/8}"),
            "3:9: 'cidr' needs a field; write a field name in front of it");
  EXPECT_EQ(problem_of("{a|contains: null}"),
            "3:7: null behind a modifier; leave the modifier out");
}

TEST(sigma_placeholder, stands_for_its_values_behind_expand) {
  const detect::sigma_placeholders values{{"Admins", {"alice", "adm_*"}}, {"Net", {"10.0.0.0/8"}}};
  const auto holds = [&values](std::string_view selection, std::string_view record) {
    const sigma_rule_ptr rule = sigma_rule_of(sigma_text_of_selection(selection), values);
    return rule != nullptr && asked(*rule, record);
  };
  EXPECT_TRUE(holds("{a|expand: '%Admins%'}", R"({"a":"ALICE"})"));
  EXPECT_TRUE(holds("{a|expand: '%Admins%'}", R"({"a":"adm_bob"})"));
  EXPECT_FALSE(holds("{a|expand: '%Admins%'}", R"({"a":"eve"})"));
  EXPECT_TRUE(holds("{a|expand|contains: 'user/%Admins%'}", R"({"a":"x:user/alice/y"})"));
  EXPECT_TRUE(holds("{a|contains|expand: '%Admins%'}", R"({"a":"x-alice-y"})"));
  EXPECT_TRUE(holds(R"({a|expand: '\%Admins%'})", R"({"a":"%Admins%"})"));
  EXPECT_TRUE(holds("{a: '%Admins%'}", R"({"a":"%admins%"})")) << "itself without expand";
  EXPECT_TRUE(holds("{a|cidr|expand: '%Net%'}", R"({"a":"10.9.8.7"})"));
  EXPECT_TRUE(holds("{a|neq|expand: '%Admins%'}", R"({"a":"eve"})"));
}

TEST(sigma_placeholder, without_a_value_refuses_the_rule) {
  EXPECT_EQ(problem_of("{a|expand: 'x %Admins%'}"),
            "3:20: the placeholder '%Admins%' has no value; give it one: a document "
            "'placeholders: {Admins: [...]}' among the rules");
}

TEST(sigma_placeholder, values_come_from_a_document_of_their_own) {
  const auto file = read_yaml("p.yml", "placeholders:\n  A: [x, 7]\n  B: ['y*']\n");
  const yaml_node& document = file.value().documents.front();
  detect::sigma_placeholders values;
  ASSERT_TRUE(detect::is_sigma_placeholders(document));
  EXPECT_TRUE(detect::read_sigma_placeholders(file.value(), document, values).empty());
  EXPECT_EQ(values, (detect::sigma_placeholders{{"A", {"x", "7"}}, {"B", {"y*"}}}));
  const auto again = detect::read_sigma_placeholders(file.value(), document, values);
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0].what, "the placeholder 'A' has values already");
}

}  // namespace
}  // namespace trailbell::test
