// Encodings that test input comes in. Slow and obvious. Pure.
#pragma once

#include <string>

namespace trailbell::test {

[[nodiscard]] std::string gzip(const std::string& text);
[[nodiscard]] std::string base64(const std::string& bytes);

}  // namespace trailbell::test
