// The names of rotated files: PATH.20260304T050607Z, PATH.20260304T050607Z-1, ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace trailbell::emit {

// The first of these names that is free.
[[nodiscard]] std::string rotated_name(const std::string& path, std::int64_t unix_ns);

// All that exist, the oldest first.
[[nodiscard]] std::vector<std::string> rotated_files(const std::string& path);

// Deletes all but the newest `keep`. What cannot be deleted is left for the next time.
void prune_rotated_files(const std::string& path, std::size_t keep);

}  // namespace trailbell::emit
