// The bounds of what is read from S3; limits.hpp has the others.
#pragma once

#include "trailbell/base/limits.hpp"

namespace trailbell::limits {

// Of one object, as it is stored, in memory as a whole: CloudTrail writes some megabytes at most.
inline constexpr std::size_t s3_object_bytes_max = 256 * mib;

// What is fetched ahead of the lanes, and by how many requests at a time: at 20 ms each, 64 make
// some 3,000 objects a second.
inline constexpr std::size_t s3_ahead_bytes_max = 64 * mib;
inline constexpr int s3_requests_default = 64;
inline constexpr int s3_requests_max = 512;

// Keys that are listed ahead, some 300 bytes each; threads that list.
inline constexpr std::size_t s3_keys_ahead_max = 20'000;
inline constexpr int s3_listings_max = 8;

// Objects that are remembered to be done with, some 50 bytes each: half a million are what 100
// accounts in 17 regions write in a day.
inline constexpr std::size_t s3_remembered_default = 2'000'000;

// Tries of what fails for now, each after twice the wait, from a second on.
inline constexpr int s3_tries_max = 4;

}  // namespace trailbell::limits
