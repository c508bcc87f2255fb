// byte_connection: bytes to and from a server over TCP, TLS or UDP, each call with a deadline.
//
// TLS is 1.2 or newer; the server's chain and its name are always verified. The calls block; none
// outlives its deadline but for the look-up of a name, which only the system's resolver can end:
// connect() gives up in time, a connector's destructor may wait for it.
//
// Thread-safety: none but of cancel(); a connector and its connections belong to one thread.
// Ownership: connections may outlive their connector. Errors: a net_failure whose sentence names
// host and port, never what was sent; after one the connection is of no more use. Sources: RFC
// 8446, 6066 (SNI), 6125.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "trailbell/base/result.hpp"

namespace trailbell::aws {

using deadline = std::chrono::steady_clock::time_point;

enum class net_fault : std::uint8_t {
  usage,       // what was asked for makes no sense: an address, a header
  unresolved,  // the name has no address
  refused,     // no address took the connection
  timed_out,
  untrusted,  // the certificate does not stand for that name, or the TLS session was refused
  closed,     // the peer went away
  malformed,  // the answer breaks the protocol
  too_large,  // the answer is beyond its bound
};

struct net_failure {
  net_fault what;
  std::string message;  // names the peer, the cause and, where there is one, the remedy
  int status = 0;       // of an HTTP response whose head had arrived; else 0
};

// Files are PEM. Without a ca_file: the system's authorities; with one: only those in it.
struct tls_options {
  std::string ca_file;
  std::string certificate_file;  // of this client, with its chain; empty: none
  std::string key_file;          // empty: the key is in certificate_file
};

struct peer_address {
  std::string host;  // name, IPv4, or IPv6 without brackets
  std::uint16_t port = 0;
};
[[nodiscard]] std::string to_string(const peer_address& peer);  // "host:port", "[::1]:port"

class byte_connection {
 public:
  byte_connection() = default;
  byte_connection(const byte_connection&) = delete;
  byte_connection& operator=(const byte_connection&) = delete;
  virtual ~byte_connection() = default;

  // All of it; of UDP: as one datagram.
  virtual result<done, net_failure> write(std::string_view bytes, deadline until) = 0;
  // What is there, at least a byte; 0: the peer has ended the stream in order.
  virtual result<std::size_t, net_failure> read(std::span<char> into, deadline until) = 0;
  // Not of UDP: from here on TLS, with a server of that name.
  virtual result<done, net_failure> start_tls(const std::string& host, deadline until) = 0;
  // Of TCP and TLS: waits until the peer's system has confirmed every byte that was written. Says
  // nothing about the program there.
  virtual result<done, net_failure> settle(deadline until) = 0;
  // The peer has not gone away, and plain TCP has sent nothing that was not read.
  [[nodiscard]] virtual bool is_fit() const = 0;
};

class connector {
 public:
  connector() = default;
  connector(const connector&) = delete;
  connector& operator=(const connector&) = delete;
  virtual ~connector() = default;

  virtual result<std::unique_ptr<byte_connection>, net_failure> connect_tcp(
      const peer_address& peer, deadline until) = 0;
  // Sends nothing yet: that a peer is not there shows, at best, at a later write.
  virtual result<std::unique_ptr<byte_connection>, net_failure> connect_udp(
      const peer_address& peer, deadline until) = 0;
  // From any thread, for good: what is under way with it and its connections ends at once, as timed
  // out; and so does what is begun from here on.
  virtual void cancel() = 0;
};

// What these options name, read: of the system's authorities that takes 30 ms. Connectors on any
// threads may share it. Errors: a file that cannot be read or is no certificate or key.
class tls_context;
[[nodiscard]] result<std::shared_ptr<tls_context>> load_tls(const tls_options& options);

// Where `stop` (which outlives all of it) becomes true, every call gives up within a tenth of a
// second, as late.
[[nodiscard]] std::unique_ptr<connector> open_connector(std::shared_ptr<tls_context> tls,
                                                        const std::atomic<bool>* stop = nullptr);
// Errors: as load_tls().
[[nodiscard]] result<std::unique_ptr<connector>> open_connector(const tls_options& options);

}  // namespace trailbell::aws
