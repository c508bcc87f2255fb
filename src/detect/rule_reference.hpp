// rule_reference: which rules a text means that names one, as Sigma's meta rules do.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace trailbell::detect {

// Rules by id, in any case of letters as UUIDs are, and by name. Owns what it was given.
class rule_directory {
 public:
  // `which` is the caller's number for the rule. An empty id or name is none.
  void add(std::string_view id, std::string_view name, std::size_t which);

  // The rules that have this id; else those that have this name; else none. Ascending where they
  // were added so.
  [[nodiscard]] std::span<const std::size_t> find(std::string_view reference) const;

  // The id or name that is spelt most like it; empty where none is near.
  [[nodiscard]] std::string_view nearest_to(std::string_view reference) const;

 private:
  using index = std::unordered_map<std::string, std::vector<std::size_t>>;
  index by_id_, by_name_;
  std::vector<std::string> spellings_;  // of all, as they were given
};

}  // namespace trailbell::detect
