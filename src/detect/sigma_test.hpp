// sigma_test: what one value of a Sigma rule asks of a field, compiled.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "detect/sigma_glob.hpp"
#include "detect/sigma_network.hpp"
#include "detect/sigma_regex.hpp"
#include "trailbell/detect/filter_syntax.hpp"
#include "trailbell/model/json_tree.hpp"

namespace trailbell::detect {

struct sigma_null {};  // the field is absent, or null

struct sigma_exists {
  bool wanted = true;
};

// Equal as a number, or as a text to what the rule spells.
struct sigma_number {
  number_literal number;
};

// lt, lte, gt, gte; against a number, or a text that is one.
struct sigma_comparison {
  comparison_operator op = comparison_operator::less;
  number_literal number;
};

// Of a time as RFC 3339 spells it, in UTC. Weeks are those of ISO 8601.
enum class time_part : std::uint8_t { minute, hour, day, week, month, year };

struct sigma_time {
  time_part part = time_part::hour;
  comparison_operator op = comparison_operator::equal;
  std::int64_t number = 0;
};

enum class text_relation : std::uint8_t { equal, starts_with, ends_with, contains };

// Another field of the record: texts of the two are compared.
struct sigma_reference {
  std::string path;
  text_relation relation = text_relation::equal;
  letter_case letters = letter_case::ignored;
};

using sigma_test =
    std::variant<sigma_glob, sigma_null, sigma_exists, sigma_number, sigma_comparison, sigma_time,
                 sigma_reference, ip_network, sigma_regex>;

// Whether the field at `path` is what the test asks for: of a list, one element suffices. An empty
// path means every value of the record; then the test is a glob or a regular expression.
[[nodiscard]] bool holds(const sigma_test& test, std::string_view path, json_value record);

}  // namespace trailbell::detect
