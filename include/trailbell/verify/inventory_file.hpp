// Inventory files: JSON that holds AWS's answers as AWS gives them. deploy/inventory.md has the
// format, deploy/inventory.schema.json its schema.
//
// Strict about what is ours (sections, calls, how an answer ended), and about the types of what is
// used of AWS's; members that AWS may add are passed over. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trailbell/base/result.hpp"
#include "trailbell/model/yaml.hpp"
#include "trailbell/verify/inventory.hpp"

namespace trailbell::verify {

struct inventory_problems {
  std::vector<file_problem> all;  // one or more, in the order of the file; at most a hundred
};

// `path` is for messages.
[[nodiscard]] result<inventory, inventory_problems> read_inventory(const std::string& path,
                                                                   std::string_view text);

}  // namespace trailbell::verify
