#include "trailbell/model/alert.hpp"

#include <array>

namespace trailbell {

std::string_view to_string(severity level) noexcept {
  constexpr std::array<std::string_view, 5> names{"informational", "low", "medium", "high",
                                                  "critical"};
  return names[static_cast<std::size_t>(level)];
}

}  // namespace trailbell
