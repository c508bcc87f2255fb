// A sink that sends alerts to a syslog server: RFC 5424 messages over UDP (RFC 5426), over TCP with
// octet counting (RFC 6587 section 3.4.1) or over TLS (RFC 5425).
//
// A message has the severity of the alert (critical 2, high 3, medium 4, low 5, informational 6),
// its main fields as structured data and the whole alert as JSON. It is ASCII: in the JSON other
// characters are \u escapes, in structured data control and bidi characters are made visible.
//
// Syslog has no acknowledgement. Accepted means: over TCP and TLS, that the server's system has
// confirmed every byte (its program may still lose them); over UDP, that they were handed to the
// network. A server that went away is a retry, over a new connection. Of UDP, a message larger than
// `datagram_bytes_max` is sent with a JSON of its main fields and "cut":true in place of the alert;
// one that is still larger is refused.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "trailbell/aws/byte_connection.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/emit/sink.hpp"
#include "trailbell/emit/webhook_sink.hpp"

namespace trailbell::emit {

enum class syslog_transport : std::uint8_t { udp, tcp, tls };

struct syslog_options {
  syslog_transport via = syslog_transport::tcp;
  std::string host;
  std::uint16_t port = 0;              // 0: 514 of UDP, 601 of TCP, 6514 of TLS
  int facility = 13;                   // log audit; 0 to 23
  std::string app_name = "trailbell";  // at most 48 printable characters, none of them a blank
  std::string host_name;  // of this machine, in the message; empty: as the system has it
  // Of the structured data; the number is IANA's for examples (RFC 5612).
  std::string structured_data_id = "trailbell@32473";
  std::size_t datagram_bytes_max = 2048;      // what every receiver should take (RFC 5424, 6.1)
  std::chrono::milliseconds timeout{10'000};  // of an attempt, connecting too
  std::size_t alerts_max = 100;
  alert_appender append{};  // empty: jsonl
  aws::tls_options tls{};
};

// Errors: no host, a facility or an id that is none, a TLS file that cannot be read.
[[nodiscard]] result<std::unique_ptr<sink>> open_syslog_sink(const syslog_options& options);

}  // namespace trailbell::emit
