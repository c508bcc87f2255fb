// sigma_value_reader: a value of a Sigma rule and the modifiers of its field, made into tests.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "detect/sigma_item.hpp"
#include "detect/sigma_modifiers.hpp"

namespace trailbell::detect {

class sigma_value_reader {
 public:
  // `keyword`: no field is named.
  sigma_value_reader(const sigma_reading& in, const sigma_modifiers& modifiers,
                     bool keyword) noexcept
      : in_{in}, modifiers_{modifiers}, keyword_{keyword} {}

  // A scalar. More than one where a placeholder stands for several; none where there was a problem.
  [[nodiscard]] std::vector<sigma_alternatives> operator()(const yaml_node& value) const;

 private:
  [[nodiscard]] std::optional<std::vector<std::string>> expand(const yaml_node& value) const;
  [[nodiscard]] sigma_alternatives tests_of(const yaml_node& value, std::string text) const;
  [[nodiscard]] sigma_alternatives texts(const yaml_node& value, const std::string& text) const;
  [[nodiscard]] std::vector<sigma_text> modified(const yaml_node& value, sigma_text text) const;
  [[nodiscard]] std::optional<std::vector<sigma_text>> coded(const yaml_node& value,
                                                             const sigma_text& text,
                                                             sigma_modifier how) const;
  [[nodiscard]] sigma_alternatives regex(const yaml_node& value, std::string_view text) const;
  [[nodiscard]] sigma_alternatives network(const yaml_node& value, std::string_view text) const;
  [[nodiscard]] sigma_alternatives reference(const yaml_node& value, std::string_view text) const;
  [[nodiscard]] sigma_alternatives comparison(const yaml_node& value) const;

  const sigma_reading& in_;
  const sigma_modifiers& modifiers_;
  bool keyword_;
};

}  // namespace trailbell::detect
