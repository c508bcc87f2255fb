// quick_field: a member of a record that its fields tell, for those who ask before anybody reads
// the record as a tree.
#pragma once

#include <string_view>

#include "trailbell/model/record.hpp"

namespace trailbell::detect {

struct quick_field {
  std::string_view path;  // `userIdentity.type`
  // Gives the member's text; nothing where it is absent or no text.
  text_view (*read)(const record_fields& fields);
  bool of_error = false;  // errorCode, errorMessage: `failed` tells whether it is there
  bool nested = false;    // in userIdentity
};

// Null where the fields do not have it. What is pointed to lives as long as the program.
[[nodiscard]] const quick_field* find_quick_field(std::string_view path) noexcept;

}  // namespace trailbell::detect
