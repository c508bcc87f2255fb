// A sink that hands alerts to Splunk's HTTP Event Collector.
//
// Each alert is an event whose time is the record's. Without acknowledgement `accepted` means that
// Splunk has taken the events into memory; with it, that its indexers have written them: the sink
// asks /services/collector/ack until that is so. Where it is not within `ack_timeout` the alerts
// are to be tried again, and may then be there twice, with one alert_id. hurry() ends that wait.
// Source: Splunk, "Get data in with HTTP Event Collector", "About HTTP Event Collector Indexer
// Acknowledgment".
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "trailbell/aws/http_client.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/emit/sink.hpp"
#include "trailbell/emit/webhook_sink.hpp"

namespace trailbell::emit {

struct splunk_hec_options {
  std::string url;          // up to what stands before /services/collector
  std::string token;        // of the collector
  std::string index, host;  // empty: what the token has
  std::string source = "trailbell";
  std::string sourcetype = "trailbell:alert";
  bool acknowledgement = false;  // must be as the token has it
  std::chrono::milliseconds ack_timeout{60'000};
  std::chrono::milliseconds ack_interval{1'000};
  std::size_t alerts_max = 100;
  alert_appender append;  // empty: jsonl
  aws::http_options http{};
};

// Errors: a URL that is none, no token, no randomness for the channel.
[[nodiscard]] result<std::unique_ptr<sink>> open_splunk_hec_sink(const splunk_hec_options& options);

}  // namespace trailbell::emit
