// A sink that POSTs alerts to a URL: as JSON, as a message to Slack or PagerDuty, or by a template.
//
// Accepted: the receiver answered 2xx. See emit/http_outcome in src for every other answer: 408,
// 425, 429 and 5xx are tried again, as are 3xx, 401, 403 and 407, which speak of the configuration
// and not of an alert; other 4xx refuse the alerts, with a piece of the answer as the reason.
//
// With a signing key each request has the header
//   X-Trailbell-Signature: t=TIME,v1=HEX
// or one of another name.
// TIME: seconds since 1970; HEX: HMAC-SHA256 (RFC 2104), in lower-case hex, over TIME, a full stop
// and the body, byte for byte. A receiver computes the same, compares in constant time and refuses
// a TIME that is long ago.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "trailbell/aws/http_client.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/emit/sink.hpp"

namespace trailbell::emit {

// Appends an alert as one JSON object; a newline at its end is left out.
using alert_appender = std::function<void(const alert&, std::string&)>;

enum class webhook_body : std::uint8_t {
  json_array,  // [alert,...]; application/json
  ndjson,      // an alert a line; application/x-ndjson
  slack,       // a message with an attachment for each alert
  pagerduty,   // Events API v2: a trigger for each alert, folded by alert_id; one a request
  custom,      // `custom_body`, one alert a request
};

struct webhook_options {
  std::string url;
  webhook_body body = webhook_body::json_array;
  // Text in which {{field}} is put in place: the names are those of jsonl ("rule_id", "actor.arn"),
  // `summary`, `time`, `colour`, `pagerduty_severity`, and `alert`, which is the alert as JSON. All
  // but that are escaped to stand between the quotes of a JSON string, with control and bidi
  // characters made visible; {{field|slack}} escapes Slack's & < > too. Absent: nothing.
  std::string custom_body;
  std::string content_type;  // empty: what `body` implies
  std::vector<aws::http_header> headers;
  std::string signing_key;  // empty: not signed
  std::string signature_header = "X-Trailbell-Signature";
  std::string routing_key;  // of PagerDuty
  std::size_t alerts_max = 100;
  alert_appender append;  // empty: jsonl
  aws::http_options http{};
};

// Errors: a URL, header or template that is none; a PagerDuty sink without a routing key.
[[nodiscard]] result<std::unique_ptr<sink>> open_webhook_sink(const webhook_options& options);

}  // namespace trailbell::emit
