// YAML text as plain values, each with the place where it stands.
//
// What rules and configuration are read from. YAML 1.2 core schema: `true`, `null`, `12` are
// themselves only where they are not quoted, and `yes` is a text. Stricter than YAML where laxness
// hides mistakes: a key that repeats is an error, so is one that is no scalar, and a tag. Size,
// depth and what aliases expand to are bounded (limits.hpp). Pure; any thread. yaml-cpp does the
// parsing; none of its exceptions leaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/base/result.hpp"

namespace trailbell {

// Lines, and bytes in a line, from 1.
struct text_place {
  std::size_t line = 1;
  std::size_t column = 1;
  bool operator==(const text_place&) const = default;
};

// Something wrong at a place in a file.
struct file_problem {
  std::string path;
  text_place at;
  std::string what;    // one sentence, without a full stop
  std::string remedy;  // what to do; may be empty
  // `rules/a.yaml:3:7: an unknown key 'titel'; did you mean 'title'?`
  [[nodiscard]] std::string message() const;
};

enum class yaml_kind : std::uint8_t { scalar, sequence, mapping };

// What a scalar means by the core schema. A quoted one is always a text.
enum class yaml_type : std::uint8_t { null, boolean, integer, decimal, text };

struct yaml_member;

// A value: owns what is below it.
struct yaml_node {
  yaml_kind kind = yaml_kind::scalar;
  text_place at;
  std::string text;                  // of a scalar: decoded, unquoted, unfolded
  bool plain = false;                // of a scalar: neither quoted nor a block
  std::vector<yaml_node> items;      // of a sequence
  std::vector<yaml_member> members;  // of a mapping, in the order of the file

  [[nodiscard]] yaml_type type() const noexcept;  // of a scalar
  // The value of an integer without a sign; nothing where it is none, or beyond 64 bits.
  [[nodiscard]] std::optional<std::uint64_t> whole() const noexcept;
  // The member of a mapping; null where there is none, or this is no mapping.
  [[nodiscard]] const yaml_member* find(std::string_view key) const noexcept;
};

struct yaml_member {
  std::string key;
  text_place at;  // of the key
  yaml_node value;
};

// "a text", "a list", "true or false", ...: what a reader of the file would call it.
[[nodiscard]] const char* name_of(const yaml_node& node) noexcept;

struct yaml_file {
  std::string path;
  std::string text;
  std::vector<yaml_node> documents;  // none where the file holds nothing but comments
  // Errors that left the rest readable: a key that repeats, of which the first stays; a tag.
  std::vector<file_problem> problems;

  // Where byte `offset` of a scalar's text stands: behind quotes, escapes, line breaks that were
  // folded. The scalar's own place where that cannot be told (it came by an alias).
  [[nodiscard]] text_place place_in(const yaml_node& scalar, std::size_t offset) const;
};

// `path` is for messages. Fails with the first thing behind which nothing can be read.
[[nodiscard]] result<yaml_file, file_problem> read_yaml(std::string path, std::string text);

}  // namespace trailbell
