// service_client: requests to one service of AWS, signed, and tried again as AWS's standard mode
// has it.
//
// Up to attempts_max tries: after throttling, after 500, 502, 503, 504 and where the connection
// broke, while the quota lasts; once more at once where the clock was off (by the response's Date)
// or the credentials had expired and others can be had. Connections are kept and used again.
//
// Thread-safety: none. Errors: a service_failure, whose sentence names service, host, code and
// request id and never a header or a credential.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "trailbell/aws/credentials.hpp"
#include "trailbell/aws/http_client.hpp"
#include "trailbell/aws/sigv4.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/base/result.hpp"

namespace trailbell::aws {

// Who signs. Thread-safety: none.
class credentials_source {
 public:
  credentials_source() = default;
  credentials_source(const credentials_source&) = delete;
  credentials_source& operator=(const credentials_source&) = delete;
  virtual ~credentials_source() = default;

  // Good now. Errors say what was asked, in order, and why it gave none.
  virtual result<credentials> get() = 0;
  // The service says that they are over: the next get() asks anew.
  virtual void forget() = 0;
};

// These, whatever happens.
[[nodiscard]] std::unique_ptr<credentials_source> fixed_credentials(credentials keys);

// For clients on several threads: one of them asks, the others wait. That it is told to forget
// several times at once counts once.
[[nodiscard]] std::unique_ptr<credentials_source> share_credentials(
    std::unique_ptr<credentials_source> source);

struct service_request {
  std::string method = "POST";
  std::string target = "/";   // path and query, encoded
  std::string host_prefix{};  // "bucket.": in front of the endpoint's host
  std::vector<http_header> headers{};
  std::string body{};
  std::optional<std::chrono::milliseconds> timeout{};  // of one attempt
  std::optional<deadline> until{};                     // of all of them
  std::optional<std::chrono::milliseconds> idle_timeout{};
  std::optional<std::size_t> body_bytes_max{};
  // As of an http_request. Where a part of a success came, it is not tried again: the caller goes
  // on from there.
  http_response* cut = nullptr;
};

struct service_failure {
  enum class kind : std::uint8_t {
    unreachable,  // no answer: network, time, TLS
    throttled,
    server,       // 5xx
    credentials,  // there are none, or they are expired
    refused,      // 4xx: what was asked for is wrong, missing or not allowed
    usage,
    too_large,  // the answer is beyond its bound
  };
  kind what;
  int status = 0;                         // 0: no answer
  std::string code;                       // AWS's, "AccessDenied"
  std::string message;                    // a sentence for a person
  std::optional<http_response> answer{};  // nothing: there was none

  // Whether the same may succeed later.
  [[nodiscard]] bool passing() const noexcept {
    return what == kind::unreachable || what == kind::throttled || what == kind::server;
  }
};

struct service_options {
  std::string endpoint;  // endpoint_of()
  signing_scope scope;
  int attempts_max = 3;
  http_options http;
  http_client* shared = nullptr;  // outlives it; of `http` only the time of a request counts then
  log_function log;
  std::function<bool()> given_up;  // true: there is no further attempt
  // Injected by tests. `wait` may return early: where the process stops.
  std::function<unix_time()> now;
  std::function<void(std::chrono::milliseconds)> wait;
  std::function<double()> draw;  // [0, 1)
};

class service_client {
 public:
  // `who`: nullptr where requests are not signed; outlives the client. Errors: as
  // open_http_client().
  static result<std::unique_ptr<service_client>> open(service_options options,
                                                      credentials_source* who);
  service_client(const service_client&) = delete;
  service_client& operator=(const service_client&) = delete;
  ~service_client();

  // A response whose status is 2xx or 304.
  result<http_response, service_failure> send(const service_request& request);

 private:
  class state;
  explicit service_client(std::unique_ptr<state> made);
  std::unique_ptr<state> state_;
};

}  // namespace trailbell::aws
