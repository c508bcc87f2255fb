// log: how a part tells what happened to it, without knowing where that is written.
//
// Thread-safety: a log_function may be called from any thread. Cheap to call never means called for
// a record: a part logs what changes, not what flows.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace trailbell {

enum class log_level : std::uint8_t { debug, info, warning, error };

using log_function = std::function<void(log_level, std::string_view)>;

}  // namespace trailbell
