#include "kafka/client_log.hpp"

#include <string>

namespace trailbell::kafka {
namespace {

log_level from_syslog(int level) noexcept {
  if (level <= 3) {
    return log_level::error;
  }
  return level == 4 ? log_level::warning : level <= 6 ? log_level::info : log_level::debug;
}

}  // namespace

void pass_on(rd_kafka_event_t* event, const log_function& log) {
  const char* facility = nullptr;
  const char* text = nullptr;
  int level = 0;
  if (log && rd_kafka_event_log(event, &facility, &text, &level) == 0) {
    pass_on(level, facility, text, log);
  }
}

void pass_on(int syslog_level, const char* facility, const char* text, const log_function& log) {
  if (log) {
    log(from_syslog(syslog_level), std::string{"librdkafka: "} + facility + ": " + text);
  }
}

}  // namespace trailbell::kafka
