#pragma once

#include <string>

namespace trailbell::app {

// `0.1.0 (avx2)`: the version, and the instruction set of the scan on this CPU.
[[nodiscard]] std::string version_text();

[[nodiscard]] std::string version_number();
[[nodiscard]] std::string version_commit();

}  // namespace trailbell::app
