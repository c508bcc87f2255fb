// http_client: HTTP/1.1 requests, one at a time, over http and https.
//
// Keeps a connection to each of the servers that it spoke to last, and uses it again. Where a
// server had closed such a connection and answered nothing, the request is sent once more over a
// new one; it may then have been received twice. Redirects are handed back, not followed. Bodies
// come as they were sent: nothing is asked for compressed.
//
// Thread-safety: none but of cancel(). Errors: a net_failure; where the head of a response had
// arrived and its body was cut, late or too large, the failure has its status. Messages name the
// server and never a path, a header or a body, which may hold credentials. Source: RFC 9110, RFC
// 9112.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailbell/aws/byte_connection.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::aws {

struct http_options {
  tls_options tls;
  std::shared_ptr<tls_context> loaded_tls{};         // in its place, where several clients share it
  std::chrono::milliseconds connect_timeout{5'000};  // name and TCP, and that of a proxy
  std::chrono::milliseconds handshake_timeout{5'000};
  std::chrono::milliseconds request_timeout{30'000};   // the whole of it, connecting too
  std::size_t body_bytes_max = std::size_t{1} << 20U;  // of a response
  std::string https_proxy;                  // http://[user:password@]host:port for https url.hpp
  std::string no_proxy;                     // hosts that are asked without it
  const std::atomic<bool>* stop = nullptr;  // true: requests fail at once, as late; outlives it
};

struct http_header {
  std::string name, value;
};

struct http_response {
  int status = 0;
  std::vector<http_header> headers;  // as they came
  std::string body{};

  // The value of the first header of that name in any case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

struct http_request {
  std::string method = "GET";
  std::string url{};                   // http or https, without user and fragment
  std::vector<http_header> headers{};  // without Host, Content-Length and Connection
  std::string body{};
  std::optional<std::chrono::milliseconds> timeout{};       // in place of request_timeout
  std::optional<std::chrono::milliseconds> idle_timeout{};  // between two pieces of the answer
  std::optional<std::size_t> body_bytes_max{};              // in place of that of the options
  // Where the body of a response was cut or late, what had come of it; else its status is 0.
  http_response* cut = nullptr;
};

// Why it cannot be sent: a line break in a header would end it and begin another. Nothing: it can.
[[nodiscard]] std::optional<std::string> flaw_of(const http_request& request);

class http_client {
 public:
  http_client() = default;
  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;
  virtual ~http_client() = default;

  virtual result<http_response, net_failure> send(const http_request& request) = 0;
  // From any thread, for good: what is under way ends at once, as timed out, and so does what is
  // sent from here on. It may have been received.
  virtual void cancel() = 0;
};

// Errors: as open_connector(), and a proxy that is no such URL.
[[nodiscard]] result<std::unique_ptr<http_client>> open_http_client(const http_options& options);

}  // namespace trailbell::aws
