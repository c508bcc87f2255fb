// Fields of Sigma rules in a record: `userIdentity.sessionContext.attributes.mfaAuthenticated`.
//
// A dot leads into an object, or is part of a key: each way that the record has is taken. An array
// on the way, or at the end, stands for its elements. Names are case-sensitive.
#pragma once

#include <string>
#include <string_view>

#include "trailbell/model/json_tree.hpp"

namespace trailbell::detect {

// Whether `holds` is true of some value at `path` below `from`; arrays are handed over whole.
template <class Holds>
bool any_reached(json_value from, std::string_view path, const Holds& holds) {
  if (from.is(json_kind::array)) {
    for (const json_value element : from) {
      if (any_reached(element, path, holds)) {
        return true;
      }
    }
    return false;
  }
  if (!from.is(json_kind::object)) {
    return false;
  }
  for (const json_value member : from) {
    const std::string_view key = member.key();
    if (key.size() > path.size() || !path.starts_with(key)) {
      continue;
    }
    if (key.size() == path.size()
            ? holds(member)
            : path[key.size()] == '.' && any_reached(member, path.substr(key.size() + 1), holds)) {
      return true;
    }
  }
  return false;
}

// The value, or, of an array, any element of it or of arrays in it.
template <class Holds>
bool any_element(json_value value, const Holds& holds) {
  if (!value.is(json_kind::array)) {
    return holds(value);
  }
  for (const json_value element : value) {
    if (any_element(element, holds)) {
      return true;
    }
  }
  return false;
}

template <class Holds>
bool any_value(json_value record, std::string_view path, const Holds& holds) {
  return any_reached(record, path,
                     [&holds](json_value found) { return any_element(found, holds); });
}

// Every value of the record that is neither object nor array.
template <class Holds>
bool any_scalar(json_value from, const Holds& holds) {
  if (!from.is(json_kind::array) && !from.is(json_kind::object)) {
    return holds(from);
  }
  for (const json_value child : from) {
    if (any_scalar(child, holds)) {
      return true;
    }
  }
  return false;
}

// Compact JSON, but that texts and keys are written between quotes as they are.
void append_unescaped(json_value value, std::string& out);

// Whether `holds` is true of a text that the value has: of a number as it is written, of a boolean
// `true` or `false`, of an object compact JSON; of null none. An object has a second text, in which
// the texts within are not escaped: what a policy document within a request looks like to a reader.
// An object's text is built, and so allocates.
template <class Holds>
bool any_text(json_value value, const Holds& holds) {
  switch (value.kind()) {
    case json_kind::null:
      return false;
    case json_kind::boolean:
      return holds(std::string_view{value.truth() ? "true" : "false"});
    case json_kind::number:
    case json_kind::text:
      return holds(value.text());
    case json_kind::array:
    case json_kind::object:
      break;
  }
  std::string text;
  append_json(value, text);
  if (holds(std::string_view{text})) {
    return true;
  }
  const std::size_t escaped = text.size();
  text.clear();
  append_unescaped(value, text);
  return text.size() != escaped && holds(std::string_view{text});
}

}  // namespace trailbell::detect
