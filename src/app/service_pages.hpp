// service_pages: what the service answers on its metrics address: /metrics, /livez, /readyz,
// /status.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "app/health.hpp"
#include "app/http_server.hpp"

namespace trailbell::app {

struct service_page_sources {
  std::function<std::string()> scrape;  // Prometheus text
  std::function<health_report()> alive;
  std::function<health_report()> ready;
  std::function<std::string()> status;  // JSON
};

// All of them are called on the server's thread.
[[nodiscard]] http_handler service_pages(service_page_sources sources);

}  // namespace trailbell::app
