// The bounds of what is read about an archive's integrity; limits.hpp has the others.
#pragma once

#include "trailbell/base/limits.hpp"

namespace trailbell::limits {

// What a check of digests lists; the rest is counted.
inline constexpr std::size_t integrity_findings_max = 10'000;

// Of a file with a signature, which has 512 characters; of one with keys, of which a year has some
// 200 KB for all regions.
inline constexpr std::size_t signature_file_bytes_max = 4 * kib;
inline constexpr std::size_t key_file_bytes_max = 16 * mib;

}  // namespace trailbell::limits
