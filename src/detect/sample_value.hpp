// sample_value: a JSON value that is being made up: a witness, or a part of one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/model/json_tree.hpp"

namespace trailbell::detect {

struct sample_member;

struct sample_value {
  json_kind kind = json_kind::null;
  bool truth = false;                   // of a boolean
  std::string text;                     // of a text, decoded; of a number, as it is written
  std::vector<sample_member> children;  // of an array, without keys; of an object

  static sample_value of_text(std::string text);
  static sample_value of_boolean(bool truth);
  static sample_value of_kind(json_kind kind);

  [[nodiscard]] const sample_value* find(std::string_view key) const noexcept;
};

struct sample_member {
  std::string key;
  sample_value value;
};

void build_tree(const sample_value& value, json_tree& into);
[[nodiscard]] std::string to_json(const sample_value& value);  // compact
// Compact JSON, as a text search wrote it; nothing where it is none.
[[nodiscard]] std::optional<sample_value> read_compact_json(std::string_view text);

}  // namespace trailbell::detect
