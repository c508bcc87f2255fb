#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "trailbell/model/yaml.hpp"
#include "verify/alert_routing.hpp"
#include "verify/alert_rule_link.hpp"
#include "verify/metrics_text.hpp"
#include "verify/receiver_link.hpp"

namespace trailbell::verify {
namespace {

std::string receivers_of(const std::string& yaml, const label_map& labels) {
  const result<alert_routing> routing = parse_routing(yaml);
  if (!routing) {
    return "error: " + routing.failure().message;
  }
  const routed_alert found = routes_of(routing.value(), {labels, {}});
  std::string all = found.certain ? "" : "?";
  for (const alert_route* const one : found.at) {
    all += (all.empty() ? "" : " ") + one->receiver;
  }
  return all;
}

constexpr const char* tree = R"(
route:
  receiver: root
  routes:
    - matchers: [severity="critical"]
      receiver: page
      continue: true
    - match: {team: a}
      receiver: a
      routes:
        - match_re: {service: "db|cache"}
          receiver: a-data
        - matchers: ['{service=~"web.*", env!="dev"}']
    - matchers: ["team!~a|b", 'severity!=""']
      receiver: rest
)";

TEST(alert_routing, follows_the_first_match_unless_it_goes_on) {
  EXPECT_EQ(receivers_of(tree, {}), "root");
  EXPECT_EQ(receivers_of(tree, {{"severity", "critical"}, {"team", "a"}}), "page a");
  EXPECT_EQ(receivers_of(tree, {{"severity", "critical"}, {"team", "b"}}), "page");
  EXPECT_EQ(receivers_of(tree, {{"severity", "low"}, {"team", "c"}}), "rest");
  EXPECT_EQ(receivers_of(tree, {{"team", "b"}, {"severity", "low"}}), "root");
}

TEST(alert_routing, matches_whole_values_and_inherits_the_receiver) {
  EXPECT_EQ(receivers_of(tree, {{"team", "a"}, {"service", "db"}}), "a-data");
  EXPECT_EQ(receivers_of(tree, {{"team", "a"}, {"service", "dbx"}}), "a");
  EXPECT_EQ(receivers_of(tree, {{"team", "a"}, {"service", "web1"}}), "a");
  EXPECT_EQ(receivers_of(tree, {{"team", "a"}, {"service", "web1"}, {"env", "dev"}}), "a");
}

TEST(alert_routing, a_label_that_is_not_known_leaves_it_open) {
  const result<alert_routing> routing = parse_routing(tree);
  ASSERT_TRUE(routing);
  EXPECT_FALSE(routes_of(routing.value(), {{}, {"severity"}}).certain);
  EXPECT_TRUE(routes_of(routing.value(), {{{"team", "a"}, {"severity", "x"}}, {"other"}}).certain);
}

TEST(alert_routing, reads_matchers_of_every_form) {
  const auto read = [](std::string_view text) {
    std::string all;
    const auto found = parse_matchers(text);
    if (!found) {
      return std::string{"none"};
    }
    for (const label_matcher& one : *found) {
      all += one.name + (one.equal ? "=" : "!") + (one.regex ? "~" : "=") + one.value + ";";
    }
    return all;
  };
  EXPECT_EQ(read("a=b"), "a==b;");
  EXPECT_EQ(read(R"( a != "b c" )"), "a!=b c;");
  EXPECT_EQ(read(R"({a=~"x,y", b!~"\"\\"})"), "a=~x,y;b!~\"\\;");
  EXPECT_EQ(read(R"(a="")"), "a==;");
  EXPECT_EQ(read("alertname"), "none");
  EXPECT_EQ(read(R"(a="b)"), "none");
  EXPECT_EQ(read("=b"), "none");
}

TEST(alert_routing, says_what_it_cannot_read) {
  for (const char* const yaml : {"", "route: [", "receivers: []",
                                 "route: {receiver: a, routes: [{matchers: [nonsense]}]}"}) {
    EXPECT_FALSE(parse_routing(yaml)) << yaml;
  }
  std::string deep = "{receiver: a}";
  for (int i = 0; i < 100; ++i) {
    deep = "{receiver: a, routes: [" + deep + "]}";
  }
  EXPECT_FALSE(parse_routing("route: " + deep));
}

TEST(metrics_text, finds_series_by_name_and_label) {
  const std::string text =
      "# TYPE a gauge\na{x=\"1\",y=\"2\"} 3\na{x=\"2\"} 4.5\nab 7\na_total 9\nb NaN\nc 1e9\n";
  EXPECT_EQ(sum_of_series(text, "a"), 7.5);
  EXPECT_EQ(sum_of_series(text, "a", "x=\"2\""), 4.5);
  EXPECT_EQ(largest_series(text, "a"), 4.5);
  EXPECT_EQ(sum_of_series(text, "ab"), 7);
  EXPECT_EQ(sum_of_series(text, "c"), 1e9);
  for (const char* const name : {"b", "x", "a_tot"}) {
    EXPECT_EQ(sum_of_series(text, name), std::nullopt) << name;
  }
  EXPECT_EQ(sum_of_series("a", "a"), std::nullopt);
}

TEST(bare_address, is_what_two_spellings_share) {
  EXPECT_EQ(bare_address("http://LocalHost:9093/api/v2/alerts"), "http://127.0.0.1:9093");
  EXPECT_EQ(bare_address("http://127.0.0.1:9093/"), "http://127.0.0.1:9093");
  EXPECT_NE(bare_address("http://a:9093/x"), bare_address("http://a:9093"));
}

const yaml_node* rule_of(const yaml_node& root, std::string_view kind, std::string_view name) {
  for (const yaml_node& group : root.find("groups")->value.items) {
    for (const yaml_node& rule : group.find("rules")->value.items) {
      const yaml_member* const named = rule.find(kind);
      if (named != nullptr && named->value.text == name) {
        return &rule;
      }
    }
  }
  return nullptr;
}

TEST(alert_rule, is_the_one_that_is_shipped) {
  std::ifstream file{TRAILBELL_PROJECT "/rules/prometheus/iam-changes.yaml"};
  std::ostringstream text;
  text << file.rdbuf();
  const auto rules = read_yaml("iam-changes.yaml", text.str());
  ASSERT_TRUE(rules);
  const yaml_node& root = rules.value().documents.at(0);
  const yaml_node* const record = rule_of(root, "record", shipped_record);
  const yaml_node* const alert = rule_of(root, "alert", "TrailbellIamPolicyChanged");
  ASSERT_NE(record, nullptr);
  ASSERT_NE(alert, nullptr);
  EXPECT_EQ(squeezed(record->find("expr")->value.text), shipped_record_query);
  EXPECT_EQ(squeezed(alert->find("expr")->value.text), shipped_alert_query);
}

TEST(squeezed, keeps_white_space_in_quotes) {
  EXPECT_EQ(squeezed("a {x = \"b c\\\" d\"}\n > 0"), "a{x=\"b c\\\" d\"}>0");
  EXPECT_EQ(squeezed("`a b` ' c'"), "`a b`' c'");
}

}  // namespace
}  // namespace trailbell::verify
