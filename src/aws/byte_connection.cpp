#include "trailbell/aws/byte_connection.hpp"

#include <linux/sockios.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <type_traits>
#include <vector>

#include "aws/socket_engine.hpp"
#include "aws/tls_context.hpp"

namespace trailbell::aws {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

net_failure failure_of(const error_code& failure, const std::string& peer, const char* doing) {
  if (failure == asio::error::timed_out) {
    return {net_fault::timed_out, peer + " took too long " + doing};
  }
  if (failure == asio::error::operation_aborted) {
    return {net_fault::timed_out, "what was under way with " + peer + " was given up"};
  }
  if (failure == asio::error::connection_refused) {
    return {net_fault::refused, peer + " refused the connection: nothing listens there"};
  }
  return {net_fault::closed,
          "the connection to " + peer + " broke " + doing + ": " + failure.message()};
}

// Why the certificate does not do, and what would help.
std::string describe_verification(long verdict, const std::string& host) {
  std::string why = X509_verify_cert_error_string(verdict);
  switch (verdict) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "it is for another name than " + host + " (" + why + ")";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "nobody who is trusted stands for it (" + why +
             "); if it is yours, name its authority as ca_file";
    default:
      return why;
  }
}

template <class Socket>
bool shows(const Socket& socket, short events) {
  pollfd state{const_cast<Socket&>(socket).native_handle(), events, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & (events | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

class tcp_connection final : public byte_connection {
 public:
  // `socket` does not block.
  tcp_connection(std::shared_ptr<socket_engine> shared, tcp::socket socket, std::string peer)
      : engine_{std::move(shared)}, socket_{std::move(socket)}, peer_{std::move(peer)} {}

  result<done, net_failure> write(std::string_view bytes, deadline until) override {
    const error_code failure = tls_ ? write_sealed(bytes, until) : write_plain(bytes, until);
    if (failure) {
      return failure_of(failure, peer_, "while it was sent to");
    }
    return done{};
  }

  // TLS may hold what came before; of plain TCP nothing is there yet.
  result<std::size_t, net_failure> read(std::span<char> into, deadline until) override {
    const auto buffer = asio::buffer(into.data(), into.size());
    for (bool waits = !tls_;; waits = true) {
      const std::optional<error_code> late = waits ? wait_for(POLLIN, until) : std::nullopt;
      error_code failure = late.value_or(error_code{});
      std::size_t size = 0;
      if (!failure) {
        size = tls_ ? tls_->read_some(buffer, failure) : socket_.read_some(buffer, failure);
      }
      if (!failure || failure == asio::error::eof) {
        return size;
      }
      if (!would_wait(failure)) {
        return failure_of(failure, peer_, "to answer");
      }
    }
  }

  result<done, net_failure> start_tls(const std::string& host, deadline until) override {
    tls_.emplace(socket_, engine_->tls->context);
    SSL* const session = tls_->native_handle();
    X509_VERIFY_PARAM* const wanted = SSL_get0_param(session);
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    const bool address = X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) == 1;
    if (!address && (X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size()) != 1 ||
                     SSL_ctrl(session, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                              const_cast<char*>(host.c_str())) != 1)) {
      return net_failure{net_fault::usage, "no TLS to a name such as " + host};
    }
    const outcome got = run(until, [&](auto handler) {
      tls_->async_handshake(asio::ssl::stream_base::client, handler);
    });
    if (!got.failure) {
      return done{};
    }
    const long verdict = SSL_get_verify_result(session);
    if (verdict != X509_V_OK) {
      return net_failure{net_fault::untrusted,
                         "the certificate of " + peer_ +
                             " is not accepted: " + describe_verification(verdict, host)};
    }
    if (got.failure == asio::error::timed_out || got.failure == asio::error::operation_aborted) {
      return failure_of(got.failure, peer_, "to begin a TLS session");
    }
    return net_failure{net_fault::untrusted, "no TLS session with " + peer_ + ": " +
                                                 got.failure.message() +
                                                 " (TLS 1.2 or newer is wanted)"};
  }

  // A peer that only closed may have read all before. One that left bytes unread answers with a
  // reset, which empties the queue of what is unconfirmed and is seen as an error.
  result<done, net_failure> settle(deadline until) override {
    std::chrono::milliseconds pause{1};
    while (true) {
      int unconfirmed = 0;
      const bool known = ::ioctl(socket_.native_handle(), SIOCOUTQ, &unconfirmed) == 0;
      if (!known || shows(socket_, 0)) {
        return net_failure{net_fault::closed, peer_ + " closed the connection"};
      }
      if (unconfirmed == 0) {
        return done{};
      }
      if (engine_->stopped()) {
        return failure_of(asio::error::operation_aborted, peer_, "");
      }
      if (std::chrono::steady_clock::now() >= until) {
        return failure_of(asio::error::timed_out, peer_, "to confirm what it was sent");
      }
      pollfd peer{socket_.native_handle(), 0, 0};
      ::poll(&peer, 1, static_cast<int>(pause.count()));
      pause = std::min(pause * 2, std::chrono::milliseconds{50});
    }
  }

  bool is_fit() const override {
    // Behind TLS there may be bytes that are no answer: tickets for sessions to come.
    return socket_.is_open() && !shows(socket_, tls_ ? POLLRDHUP : POLLRDHUP | POLLIN);
  }

 private:
  error_code write_plain(std::string_view bytes, deadline until) {
    while (!bytes.empty()) {
      error_code failure;
      bytes.remove_prefix(socket_.write_some(asio::buffer(bytes), failure));
      if (would_wait(failure)) {
        failure = wait_for(POLLOUT, until).value_or(error_code{});
      }
      if (failure) {
        return failure;
      }
    }
    return {};
  }

  // By the reactor: where only a part could be sent, OpenSSL's output would be lost.
  error_code write_sealed(std::string_view bytes, deadline until) {
    return run(until, [&](auto handler) { asio::async_write(*tls_, asio::buffer(bytes), handler); })
        .failure;
  }

  std::optional<error_code> wait_for(short events, deadline until) {
    const std::optional<error_code> late = await(*engine_, socket_.native_handle(), events, until);
    if (late) {
      error_code ignored;
      socket_.close(ignored);
    }
    return late;
  }

  template <class Start>
  outcome run(deadline until, Start start) {
    return perform(*engine_, until, start, [this] {
      error_code ignored;
      socket_.close(ignored);
    });
  }

  std::shared_ptr<socket_engine> engine_;
  tcp::socket socket_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  std::string peer_;
};

class udp_connection final : public byte_connection {
 public:
  udp_connection(std::shared_ptr<socket_engine> shared, udp::socket socket, std::string peer)
      : engine_{std::move(shared)}, socket_{std::move(socket)}, peer_{std::move(peer)} {}

  result<done, net_failure> write(std::string_view bytes, deadline) override {
    error_code failure;
    socket_.send(asio::buffer(bytes), 0, failure);
    if (failure == asio::error::message_size) {
      return net_failure{net_fault::too_large, "a datagram of " + std::to_string(bytes.size()) +
                                                   " bytes is too large for the way to " + peer_};
    }
    if (failure) {
      return failure_of(failure, peer_, "while it was sent to");
    }
    return done{};
  }
  result<std::size_t, net_failure> read(std::span<char>, deadline) override {
    return net_failure{net_fault::usage, "nothing is read from UDP"};
  }
  result<done, net_failure> start_tls(const std::string&, deadline) override {
    return net_failure{net_fault::usage, "no TLS over UDP"};
  }
  result<done, net_failure> settle(deadline) override { return done{}; }
  bool is_fit() const override { return true; }

 private:
  std::shared_ptr<socket_engine> engine_;
  udp::socket socket_;
  std::string peer_;
};

class asio_connector final : public connector {
 public:
  explicit asio_connector(std::shared_ptr<socket_engine> shared) : engine_{std::move(shared)} {}

  result<std::unique_ptr<byte_connection>, net_failure> connect_tcp(const peer_address& peer,
                                                                    deadline until) override {
    return connect<tcp, tcp_connection>(peer, until);
  }
  result<std::unique_ptr<byte_connection>, net_failure> connect_udp(const peer_address& peer,
                                                                    deadline until) override {
    return connect<udp, udp_connection>(peer, until);
  }
  // Whoever runs the engine comes round, and sees the flag.
  void cancel() override { engine_->cancel(); }

 private:
  template <class Protocol>
  using endpoints = std::vector<typename Protocol::endpoint>;

  // The system's resolver cannot be told to stop: what it says too late goes to nobody.
  template <class Protocol>
  result<endpoints<Protocol>, net_failure> resolve(const peer_address& peer, deadline until) {
    using resolver = typename Protocol::resolver;
    struct state {
      explicit state(asio::io_context& io) : names{io} {}
      resolver names;
      outcome got;
      endpoints<Protocol> found;
    };
    const auto shared = std::make_shared<state>(engine_->io);
    shared->names.async_resolve(
        peer.host, std::to_string(peer.port), resolver::numeric_service,
        [shared](const error_code& failure, const typename resolver::results_type& found) {
          shared->got = {true, failure, found.size()};
          shared->found.assign(found.begin(), found.end());
        });
    run_until(*engine_, shared->got.complete, until);
    if (!shared->got.complete) {
      shared->names.cancel();
      if (engine_->stopped()) {
        return failure_of(asio::error::operation_aborted, to_string(peer), "");
      }
      return net_failure{net_fault::timed_out, "the name " + peer.host + " was not found in time"};
    }
    if (shared->got.failure || shared->found.empty()) {
      return net_failure{net_fault::unresolved, "the name " + peer.host + " has no address: " +
                                                    shared->got.failure.message()};
    }
    return std::move(shared->found);
  }

  // Each address in turn, with an equal share of the time that is left.
  template <class Protocol, class Connection>
  result<std::unique_ptr<byte_connection>, net_failure> connect(const peer_address& peer,
                                                                deadline until) {
    auto found = resolve<Protocol>(peer, until);
    if (!found) {
      return found.failure();
    }
    error_code last;
    auto left = static_cast<int>(found.value().size());
    for (const typename Protocol::endpoint& endpoint : found.value()) {
      typename Protocol::socket socket{engine_->io};
      const auto now = std::chrono::steady_clock::now();
      const outcome got = perform(
          *engine_, now + (until - now) / left--,
          [&](auto handler) { socket.async_connect(endpoint, handler); },
          [&] {
            error_code ignored;
            socket.close(ignored);
          });
      last = got.failure;
      if (!last) {
        if constexpr (std::is_same_v<Protocol, tcp>) {
          socket.set_option(tcp::no_delay{true}, last);
          socket.non_blocking(true, last);
        }
        return std::unique_ptr<byte_connection>{
            std::make_unique<Connection>(engine_, std::move(socket), to_string(peer))};
      }
    }
    net_failure failure = failure_of(last, to_string(peer), "to take a connection");
    failure.what = failure.what == net_fault::closed ? net_fault::refused : failure.what;
    if (last != asio::error::timed_out && last != asio::error::operation_aborted &&
        last != asio::error::connection_refused) {
      failure.message = "cannot connect to " + to_string(peer) + ": " + last.message();
    }
    return failure;
  }

  std::shared_ptr<socket_engine> engine_;
};

}  // namespace

std::unique_ptr<connector> open_connector(std::shared_ptr<tls_context> tls,
                                          const std::atomic<bool>* stop) {
  auto shared = std::make_shared<socket_engine>();
  shared->tls = std::move(tls);
  shared->stop = stop;
  return std::make_unique<asio_connector>(std::move(shared));
}

result<std::unique_ptr<connector>> open_connector(const tls_options& options) {
  result<std::shared_ptr<tls_context>> tls = load_tls(options);
  if (!tls) {
    return tls.failure();
  }
  return open_connector(std::move(tls.value()));
}

}  // namespace trailbell::aws
