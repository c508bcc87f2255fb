// yaml_mapping: the members of a mapping, read strictly; every breach becomes a problem.
//
// What the loaders of rules and configuration share. Borrows the file and the list of problems.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/model/yaml.hpp"

namespace trailbell {

using problem_list = std::vector<file_problem>;

// The one of `known` that is spelt most like `word`; empty where none is near.
[[nodiscard]] std::string_view nearest(std::string_view word,
                                       std::span<const std::string_view> known);

// `did you mean 'near'?`, or the other remedy where nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view near, std::string otherwise);

// Both ends belong to it.
struct whole_range {
  std::uint64_t least, most;
};

class yaml_mapping {
 public:
  // `what` names the mapping in messages: "a rule", "a test". Reports unknown keys, and a node that
  // is no mapping.
  yaml_mapping(const yaml_file& file, const yaml_node& node, const char* what,
               std::span<const std::string_view> known, problem_list& problems);

  [[nodiscard]] const yaml_node& node() const noexcept { return node_; }

  // Null where it is missing; `required` makes that a problem.
  [[nodiscard]] const yaml_node* find(std::string_view key) const;
  [[nodiscard]] const yaml_node* required(std::string_view key) const;
  // The value as a text of one line, not empty, not longer than that; else a problem.
  [[nodiscard]] std::optional<std::string> line(const yaml_node& value, std::string_view key,
                                                std::size_t bytes_max) const;
  // A list of such lines, none twice.
  [[nodiscard]] std::vector<std::string> lines(std::string_view key, std::size_t bytes_max) const;
  [[nodiscard]] std::optional<bool> truth(const yaml_node& value, std::string_view key) const;
  // A whole number of that range; else a problem.
  [[nodiscard]] std::optional<std::uint64_t> whole(const yaml_node& value, std::string_view key,
                                                   whole_range range) const;
  // A list; else a problem, and no items.
  [[nodiscard]] std::span<const yaml_node> list(const yaml_node& value, std::string_view key) const;

  void problem(text_place at, std::string what, std::string remedy) const;

 private:
  void wrong_type(const yaml_node& value, std::string_view key, const char* wanted,
                  std::string remedy) const;

  const yaml_file& file_;
  const yaml_node& node_;
  const char* what_;
  problem_list& problems_;
};

}  // namespace trailbell
