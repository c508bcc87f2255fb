#include "app/service_pages.hpp"

#include <utility>

namespace trailbell::app {
namespace {

http_answer health_page(health_report report) {
  return {.status = report.good ? 200U : 503U, .body = std::move(report.text)};
}

}  // namespace

http_handler service_pages(service_page_sources sources) {
  return [sources = std::move(sources)](std::string_view path) -> http_answer {
    if (path == "/metrics") {
      return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = sources.scrape()};
    }
    if (path == "/livez") {
      return health_page(sources.alive());
    }
    if (path == "/readyz") {
      return health_page(sources.ready());
    }
    if (path == "/status") {
      return {.content_type = "application/json", .body = sources.status()};
    }
    return {.status = 404, .body = "not found; there are /metrics, /status, /livez and /readyz\n"};
  };
}

}  // namespace trailbell::app
