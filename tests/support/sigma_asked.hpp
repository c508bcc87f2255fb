// sigma_asked: Sigma rules from a line of YAML, and what they say of a record.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/detect/sigma_rule.hpp"

namespace trailbell::test {

using sigma_rule_ptr = std::shared_ptr<const detect::sigma_rule>;

// A rule whose `detection` is the text, indented as it is, with what a rule has to have around it.
[[nodiscard]] std::string sigma_text_of(std::string_view detection);
// A rule of one selection, `s`, and the condition that it holds.
[[nodiscard]] std::string sigma_text_of_selection(std::string_view selection);

// Null where it is refused.
[[nodiscard]] sigma_rule_ptr sigma_rule_of(const std::string& text,
                                           const detect::sigma_placeholders& placeholders = {});
// `line:column: what; remedy`, all of them; none where it is accepted.
[[nodiscard]] std::vector<std::string> sigma_problems(
    const std::string& text, const detect::sigma_placeholders& placeholders = {});

// `record` is JSON. The rule is asked as the pipeline asks it, with the record's own name and
// source.
[[nodiscard]] bool asked(const detect::sigma_rule& rule, std::string_view record);
[[nodiscard]] bool selects(std::string_view selection, std::string_view record);
// The one problem with a selection; "accepted" where there is none.
[[nodiscard]] std::string problem_of(std::string_view selection);

}  // namespace trailbell::test
