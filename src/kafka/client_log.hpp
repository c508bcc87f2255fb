// What librdkafka says of itself, passed on.
#pragma once

#include "kafka/handle.hpp"
#include "trailbell/base/log.hpp"

namespace trailbell::kafka {

// `event`: an RD_KAFKA_EVENT_LOG.
void pass_on(rd_kafka_event_t* event, const log_function& log);
// What a log_cb is given.
void pass_on(int syslog_level, const char* facility, const char* text, const log_function& log);

}  // namespace trailbell::kafka
