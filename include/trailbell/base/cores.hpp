// cores: how many cores this process may keep busy; what `threads` is where nobody says. Of a
// container it is what the container may use, not what its machine has. Thread-safety: any thread.
#pragma once

#include <filesystem>

namespace trailbell {

// `allowed`, or less where a CPU quota of the process's control group, or of one around it, is
// less: a part of a core counts as one. At least 1. `root` is where /proc and the control groups'
// files are looked for; what cannot be read there limits nothing.
[[nodiscard]] int cores_within_quota(const std::filesystem::path& root, int allowed);

// Of this process: by its CPU affinity and its quota, 1 to limits::lanes_max.
[[nodiscard]] int usable_cores();

}  // namespace trailbell
