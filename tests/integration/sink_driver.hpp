#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "trailbell/aws/http_client.hpp"

namespace trailbell {

[[nodiscard]] std::vector<aws::http_header> headers_of(const nlohmann::json& command);
[[nodiscard]] aws::http_options http_options_of(const nlohmann::json& command);

// What concerns sinks: opens one, gives it alerts.
[[nodiscard]] nlohmann::json obey_sink(const nlohmann::json& command);

}  // namespace trailbell
