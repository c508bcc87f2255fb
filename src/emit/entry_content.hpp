// entry_content: what there is to keep of something that could not be read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trailbell/base/descriptor.hpp"
#include "trailbell/emit/quarantine.hpp"

namespace trailbell::emit {

// The bytes at hand, or the file that failed.
struct entry_content {
  std::string_view bytes;  // into the entry
  descriptor file;         // open: it is to be read, from here to its end
  std::uint64_t size = 0;
  std::string not_copied;  // why the file cannot be read; empty: it can
};

[[nodiscard]] entry_content content_of(const quarantine_entry& entry);

}  // namespace trailbell::emit
