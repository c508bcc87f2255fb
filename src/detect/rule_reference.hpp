// rule_reference: which rules a text means that names one, as Sigma's meta rules do.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "trailbell/model/yaml_mapping.hpp"

namespace trailbell::detect {

// A text of a file, and where it stands: a reference to a rule, the name of a field.
struct placed_text {
  std::string text;
  text_place at;
};

// A rule to which others may refer.
struct known_rule {
  std::string id, name;  // either may be empty
  std::string path;
  text_place at;
  std::optional<std::size_t> place;  // in the list of loaded rules; nothing: it could not be read
};

// Rules by id, in any case of letters as UUIDs are, and by name.
class rule_directory {
 public:
  void add(known_rule rule);

  // The rules that have this id; else those that have this name; else none. In the order in which
  // they were added; valid until the next add().
  [[nodiscard]] std::vector<const known_rule*> find(std::string_view reference) const;

  // The id or name that is spelt most like it; empty where none is near.
  [[nodiscard]] std::string_view nearest_to(std::string_view reference) const;

 private:
  using index = std::unordered_map<std::string, std::vector<std::size_t>>;
  std::vector<known_rule> rules_;
  index by_id_, by_name_;
};

}  // namespace trailbell::detect
