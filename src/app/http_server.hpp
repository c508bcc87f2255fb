// http_server: answers GET and HEAD for metrics and health; a slow or hostile client cannot hurt.
//
// One thread serves all connections. Their number, the bytes of a header, the time that a request
// may take to arrive and an answer to leave are bounded; a connection beyond the number takes the
// place of the one that has made no progress for longest. No request has a body.
//
// Thread-safety: stop() and the accessors from any thread; the handler is called on the server's
// thread, one call at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::app {

struct http_answer {
  unsigned status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// The path without its query. What it throws becomes a 500.
using http_handler = std::function<http_answer(std::string_view path)>;

struct http_server_options {
  std::string listen;  // host:port, [IPv6]:port, :port for every address; port 0: any that is free
  std::size_t connections_max = 64;
  std::size_t requests_a_connection_max = 1'000;
  std::chrono::milliseconds request_time_max{10'000};  // from its first byte to its last
  std::chrono::milliseconds answer_time_max{10'000};
  std::chrono::milliseconds idle_time_max{
      75'000};  // between two requests; scrapes come each minute
};

class http_server {
 public:
  // Listens when this returns. Errors name the address, the cause and what to do.
  static result<std::unique_ptr<http_server>> open(http_server_options options,
                                                   http_handler handler);
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  [[nodiscard]] std::uint16_t bound_port() const noexcept;
  // `127.0.0.1:9464`
  [[nodiscard]] const std::string& bound_address() const noexcept;

  // Closes every connection and joins the thread; waits for nothing but a handler that runs.
  void stop();

 private:
  class service;
  explicit http_server(std::unique_ptr<service> owned);
  std::unique_ptr<service> service_;
};

}  // namespace trailbell::app
