// Any text as a Sigma rule: a rule that loads can be asked, its explanation says the same, and what
// it needs is there wherever it holds.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fuzz/require.hpp"
#include "trailbell/decode/json_reader.hpp"
#include "trailbell/detect/prefilter.hpp"
#include "trailbell/detect/sigma_rule.hpp"

using namespace trailbell;
using test::require;

namespace {

constexpr const char* records[] = {
    R"({"eventName":"CreateUser","eventSource":"iam.amazonaws.com","a":"x y","n":5})",
    R"({"eventName":["x",null],"a":{"b":{"c":[1,"two",{"d":true}]}},"a.b":"three"})",
    R"({"requestParameters":{"policyDocument":"{\"Action\":\"s3:*\"}"},"a":"-enc \/x"})",
    R"({"t":"2026-01-01T22:07:59Z","b":"y","a":"x"})",
    R"({"ip":"10.1.2.3","a":"c2VjcmV0","b":null,"eventName":"x"})",
    "{}",
};

void ask(const detect::sigma_rule& rule, const char* record) {
  decode::json_reader reader;
  json_tree tree;
  require(reader.read(record, tree), "a record that is no JSON");
  const bool holds = rule.evaluate({{}, &tree}).has_value();
  const auto why = rule.explain({{}, &tree});
  require((why.front().parts.front().outcome == detect::part_outcome::holds) == holds,
          "the explanation says otherwise");
  const auto& literals = rule.needs().literals;
  if (holds && literals) {
    std::vector<std::size_t> places;
    detect::make_table_finder(*literals)->find(record, places);
    require(!places.empty(), "it holds without what it needs");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = read_yaml("f.yml", std::string{reinterpret_cast<const char*>(data), size});
  if (!file) {
    return 0;
  }
  const detect::sigma_placeholders placeholders{{"p", {"x", "C*"}}};
  for (const yaml_node& document : file.value().documents) {
    const auto rule = detect::parse_sigma_rule(file.value(), document, placeholders);
    if (!rule) {
      require(!rule.failure().empty(), "refused without a reason");
      continue;
    }
    for (const char* const record : records) {
      ask(*rule.value(), record);
    }
  }
  return 0;
}
