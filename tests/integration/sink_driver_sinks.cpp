#include "sink_driver.hpp"

namespace trailbell {

nlohmann::json obey_sink(const nlohmann::json& command) {
  return {{"error", "no such command: " + command.dump()}};
}

}  // namespace trailbell
