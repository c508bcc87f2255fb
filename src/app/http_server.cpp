#include "app/http_server.hpp"

#include <fmt/format.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <ctime>
#include <exception>
#include <list>
#include <optional>
#include <thread>
#include <vector>

#include "app/http_text.hpp"
#include "app/stop_signals.hpp"
#include "trailbell/base/limits.hpp"

namespace trailbell::app {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds accept_pause{50};
constexpr std::chrono::milliseconds drain_time_max{1'000};

constexpr auto bad_request = static_cast<unsigned>(http::status::bad_request);

auto into(error_code& fault) {
  return asio::redirect_error(asio::use_awaitable, fault);
}

http_answer plain(http::status status, std::string text) {
  return {.status = static_cast<unsigned>(status), .body = std::move(text) + "\n"};
}

http_answer no_body() {
  return plain(http::status::payload_too_large, "a request here has no body");
}

// What is wrong with a request that could not be read; nothing where nobody is there to be told.
std::optional<http_answer> complaint(error_code fault) {
  if (fault == http::error::header_limit || fault == http::error::buffer_overflow) {
    return plain(http::status::request_header_fields_too_large, "the header is too large");
  }
  if (fault == http::error::body_limit) {
    return no_body();
  }
  if (fault == http::error::end_of_stream || fault == http::error::partial_message ||
      fault.category() != error_code{http::error::bad_version}.category()) {
    return std::nullopt;
  }
  return plain(http::status::bad_request, "this is no request in HTTP");
}

bool wants_gzip(const http::request<http::empty_body>* asked) {
  if (asked == nullptr) {
    return false;
  }
  const auto codings = (*asked)[http::field::accept_encoding];
  return accepts_gzip({codings.data(), codings.size()});
}

struct connection {
  explicit connection(tcp::socket socket) : stream{std::move(socket)} {}

  beast::tcp_stream stream;
  beast::flat_buffer buffer{2 * limits::http_header_bytes_max};
  std::size_t requests = 0;
  bool evicted = false;
};

}  // namespace

class http_server::service {
 public:
  service(http_server_options options, http_handler handler)
      : options_{std::move(options)}, handler_{std::move(handler)} {}
  ~service() {
    try {
      stop();
    } catch (const std::exception&) {  // asking the loop to end takes memory; ending it does not
      io_.stop();
      thread_.join();
    }
  }
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  result<done> listen();
  void start();
  void stop();

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  [[nodiscard]] const std::string& address() const noexcept { return address_; }

 private:
  using request = http::request<http::empty_body>;
  using request_parser = http::request_parser<http::empty_body>;
  using connections = std::list<connection>;

  error_code listen_on(const tcp::endpoint& endpoint, bool both_families);
  asio::awaitable<void> accept_all();
  asio::awaitable<void> serve(connections::iterator peer);
  asio::awaitable<void> talk(connections::iterator peer);
  asio::awaitable<error_code> read(connection& peer, request_parser& into);
  asio::awaitable<error_code> write(connection& peer, http_answer answer, const request* asked,
                                    bool keep);
  asio::awaitable<void> part(connection& peer);
  http_answer answer_to(const request& asked) const;
  void admit(tcp::socket socket);
  void evict_one();

  const http_server_options options_;
  const http_handler handler_;
  std::uint16_t port_ = 0;
  std::string address_;
  bool stopping_ = false;
  connections evicted_;  // closed; here until their coroutines have noticed
  connections open_;     // the one that has made no progress for longest first
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer pause_{io_};
  std::thread thread_;
};

error_code http_server::service::listen_on(const tcp::endpoint& endpoint, bool both_families) {
  error_code fault;
  acceptor_ = tcp::acceptor{io_};
  acceptor_.open(endpoint.protocol(), fault);
  if (!fault) {
    acceptor_.set_option(tcp::acceptor::reuse_address{true}, fault);
  }
  if (!fault && both_families && endpoint.address().is_v6()) {
    acceptor_.set_option(asio::ip::v6_only{false}, fault);
  }
  if (!fault) {
    acceptor_.bind(endpoint, fault);
  }
  if (!fault) {
    acceptor_.listen(tcp::acceptor::max_listen_connections, fault);
  }
  return fault;
}

result<done> http_server::service::listen() {
  const auto parsed = parse_listen_address(options_.listen);
  if (!parsed.ok()) {
    return parsed.failure();
  }
  const auto& [host, port] = parsed.value();
  error_code fault;
  std::vector<tcp::endpoint> endpoints;
  if (host.empty()) {
    endpoints = {{tcp::v6(), port}, {tcp::v4(), port}};  // a machine may have no IPv6
  } else {
    tcp::resolver resolver{io_};
    for (const auto& entry :
         resolver.resolve(host, std::to_string(port),
                          tcp::resolver::passive | tcp::resolver::numeric_service, fault)) {
      endpoints.push_back(entry.endpoint());
    }
  }
  for (const tcp::endpoint& endpoint : endpoints) {
    fault = listen_on(endpoint, host.empty());
    if (!fault) {
      port_ = acceptor_.local_endpoint().port();
      const std::string name = endpoint.address().to_string();
      address_ = endpoint.address().is_v6() ? fmt::format("[{}]:{}", name, port_)
                                            : fmt::format("{}:{}", name, port_);
      return done{};
    }
  }
  return error{errc::usage, fmt::format("cannot listen on {}: {}; name an address of this machine "
                                        "and a port that nothing else uses",
                                        options_.listen, fault.message())};
}

void http_server::service::start() {
  asio::co_spawn(io_, accept_all(), asio::detached);
  thread_ = start_thread_without_signals([this] { io_.run(); });
}

// Every coroutine notices that its socket is closed, and the thread ends with the last of them.
void http_server::service::stop() {
  if (!thread_.joinable()) {
    return;
  }
  asio::post(io_, [this] {
    stopping_ = true;
    acceptor_.close();
    pause_.cancel();
    while (!open_.empty()) {
      evict_one();
    }
  });
  thread_.join();
}

// Descriptors may run out, and memory: one connection less gives some back, and the loop goes on.
asio::awaitable<void> http_server::service::accept_all() {
  while (!stopping_) {
    error_code fault;
    try {
      tcp::socket socket = co_await acceptor_.async_accept(into(fault));
      if (!fault && !stopping_) {
        admit(std::move(socket));
      }
    } catch (const std::exception&) {
      fault = asio::error::no_memory;
    }
    if (fault && fault != asio::error::connection_aborted && !stopping_) {
      evict_one();
      pause_.expires_after(accept_pause);
      co_await pause_.async_wait(into(fault));
    }
  }
}

void http_server::service::admit(tcp::socket socket) {
  if (open_.size() >= options_.connections_max) {
    evict_one();
  }
  error_code ignored;
  socket.set_option(tcp::no_delay{true}, ignored);
  open_.emplace_back(std::move(socket));
  asio::co_spawn(io_, serve(std::prev(open_.end())), asio::detached);
}

void http_server::service::evict_one() {
  if (!open_.empty()) {
    connection& oldest = open_.front();
    oldest.evicted = true;
    oldest.stream.close();
    evicted_.splice(evicted_.end(), open_, open_.begin());
  }
}

asio::awaitable<void> http_server::service::serve(connections::iterator peer) {
  try {
    co_await talk(peer);
    co_await part(*peer);
  } catch (const std::exception&) {
    // No memory for this one; it is closed like any other.
  }
  peer->stream.close();
  (peer->evicted ? evicted_ : open_).erase(peer);
}

asio::awaitable<void> http_server::service::talk(connections::iterator peer) {
  for (bool keep = true; keep;) {
    request_parser parser;
    const error_code unread = co_await read(*peer, parser);
    if (unread) {
      std::optional<http_answer> answer = complaint(unread);
      if (answer) {
        co_await write(*peer, std::move(*answer), nullptr, false);
      }
      co_return;
    }
    const request& asked = parser.get();
    http_answer answer = parser.is_done() ? answer_to(asked) : no_body();
    keep = parser.is_done() && answer.status != bad_request && asked.keep_alive() &&
           ++peer->requests < options_.requests_a_connection_max;
    const error_code unwritten = co_await write(*peer, std::move(answer), &asked, keep);
    if (unwritten || peer->evicted) {
      co_return;
    }
    open_.splice(open_.end(), open_, peer);
  }
}

// The time that a request may take begins with its first byte, or with the connection.
asio::awaitable<error_code> http_server::service::read(connection& peer, request_parser& into_it) {
  error_code fault;
  if (peer.buffer.size() == 0 && peer.requests > 0) {
    peer.stream.expires_after(options_.idle_time_max);
    const auto room = peer.buffer.prepare(limits::http_header_bytes_max);
    peer.buffer.commit(co_await peer.stream.async_read_some(room, into(fault)));
  }
  if (!fault) {
    into_it.header_limit(limits::http_header_bytes_max);
    into_it.body_limit(std::uint64_t{0});
    peer.stream.expires_after(options_.request_time_max);
    co_await http::async_read_header(peer.stream, peer.buffer, into_it, into(fault));
  }
  co_return fault;
}

http_answer http_server::service::answer_to(const request& asked) const {
  if (asked.count(http::field::host) != 1 && asked.version() >= 11) {
    return plain(http::status::bad_request, "a request has one Host");
  }
  if (asked.method() != http::verb::get && asked.method() != http::verb::head) {
    return plain(http::status::method_not_allowed, "only GET and HEAD");
  }
  const std::string_view target{asked.target().data(), asked.target().size()};
  try {
    return handler_(path_of(target));
  } catch (const std::exception&) {
    return plain(http::status::internal_server_error, "the answer could not be made");
  }
}

asio::awaitable<error_code> http_server::service::write(connection& peer, http_answer answer,
                                                        const request* asked, bool keep) {
  http::response<http::string_body> response{static_cast<http::status>(answer.status),
                                             asked == nullptr ? 11 : asked->version()};
  response.set(http::field::date, http_date(std::time(nullptr)));
  response.set(http::field::content_type, answer.content_type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  if (response.result() == http::status::method_not_allowed) {
    response.set(http::field::allow, "GET, HEAD");
  }
  if (answer.body.size() >= limits::http_gzip_bytes_min) {
    response.set(http::field::vary, "Accept-Encoding");
    std::string small = wants_gzip(asked) ? gzipped(answer.body) : std::string{};
    if (!small.empty()) {
      response.set(http::field::content_encoding, "gzip");
      answer.body = std::move(small);
    }
  }
  response.body() = std::move(answer.body);
  response.keep_alive(keep);
  response.prepare_payload();
  http::response_serializer<http::string_body> serializer{response};
  error_code fault;
  peer.stream.expires_after(options_.answer_time_max);
  if (asked != nullptr && asked->method() == http::verb::head) {
    co_await http::async_write_header(peer.stream, serializer, into(fault));
  } else {
    co_await http::async_write(peer.stream, serializer, into(fault));
  }
  co_return fault;
}

// Closing on bytes that were not read resets the connection, and the answer with it: what still
// comes is read for a moment.
asio::awaitable<void> http_server::service::part(connection& peer) {
  error_code fault;
  peer.stream.socket().shutdown(tcp::socket::shutdown_send, fault);
  peer.stream.expires_after(drain_time_max);
  peer.buffer.clear();
  for (std::size_t drained = 0; !fault && drained < limits::http_drained_bytes_max;) {
    const auto room = peer.buffer.prepare(limits::http_header_bytes_max);
    drained += co_await peer.stream.async_read_some(room, into(fault));
  }
}

result<std::unique_ptr<http_server>> http_server::open(http_server_options options,
                                                       http_handler handler) {
  auto made = std::make_unique<service>(std::move(options), std::move(handler));
  const auto listens = made->listen();
  if (!listens.ok()) {
    return listens.failure();
  }
  made->start();
  return std::unique_ptr<http_server>{new http_server{std::move(made)}};
}

http_server::http_server(std::unique_ptr<service> owned) : service_{std::move(owned)} {}

http_server::~http_server() = default;

std::uint16_t http_server::bound_port() const noexcept {
  return service_->port();
}

const std::string& http_server::bound_address() const noexcept {
  return service_->address();
}

void http_server::stop() {
  service_->stop();
}

}  // namespace trailbell::app
