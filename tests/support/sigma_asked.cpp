#include "support/sigma_asked.hpp"

#include "trailbell/base/ensure.hpp"
#include "trailbell/decode/json_reader.hpp"

namespace trailbell::test {
namespace {

text_view text_at(const json_tree& tree, std::string_view key) {
  const auto found = tree.root().find(key);
  return found && found->is(json_kind::text) ? text_view{found->text()} : std::nullopt;
}

auto parsed(const std::string& text, const detect::sigma_placeholders& placeholders) {
  const auto file = read_yaml("r.yml", text);
  ensure(file.ok() && file.value().documents.size() == 1,
         file ? "the test's rule is not one document" : file.failure().what.c_str());
  return detect::parse_sigma_rule(file.value(), file.value().documents.front(), placeholders);
}

std::string place_and_text(const file_problem& problem) {
  return problem.message().substr(problem.path.size() + 1);
}

}  // namespace

std::string sigma_text_of(std::string_view detection) {
  return "title: a title\ndetection:\n" + std::string{detection} + "\n";
}

std::string sigma_text_of_selection(std::string_view selection) {
  return sigma_text_of("  s: " + std::string{selection} + "\n  condition: s");
}

sigma_rule_ptr sigma_rule_of(const std::string& text,
                             const detect::sigma_placeholders& placeholders) {
  const auto rule = parsed(text, placeholders);
  return rule ? rule.value() : nullptr;
}

std::vector<std::string> sigma_problems(const std::string& text,
                                        const detect::sigma_placeholders& placeholders) {
  std::vector<std::string> all;
  const auto rule = parsed(text, placeholders);
  for (const file_problem& problem : rule ? std::vector<file_problem>{} : rule.failure()) {
    all.push_back(place_and_text(problem));
  }
  return all;
}

bool asked(const detect::sigma_rule& rule, std::string_view record) {
  decode::json_reader reader;
  json_tree tree;
  ensure(reader.read(record, tree), "the test's record is no JSON");
  record_fields fields;
  fields.raw = record;
  fields.event_name = text_at(tree, "eventName");
  fields.event_source = text_at(tree, "eventSource");
  return rule.evaluate({fields, &tree}).has_value();
}

bool selects(std::string_view selection, std::string_view record) {
  const sigma_rule_ptr rule = sigma_rule_of(sigma_text_of_selection(selection));
  ensure(rule != nullptr, "the test's selection is refused");
  return asked(*rule, record);
}

std::string problem_of(std::string_view selection) {
  const std::vector<std::string> all = sigma_problems(sigma_text_of_selection(selection));
  ensure(all.size() < 2, "more problems than the test asks for");
  return all.empty() ? "accepted" : all.front();
}

}  // namespace trailbell::test
