#include "trailbell/aws/http_client.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "aws/http_request.hpp"
#include "trailbell/aws/url.hpp"

namespace trailbell::aws {
namespace {

namespace http = boost::beast::http;
using std::chrono::steady_clock;

constexpr std::uint32_t head_bytes_max = 64 * 1024;
constexpr std::size_t read_bytes = 64 * 1024;
// Servers that are spoken to in turn, and how long a connection is worth keeping: most servers and
// the balancers before them close it after a minute.
constexpr std::size_t kept_max = 4;
constexpr std::chrono::seconds kept_time_max{50};

using parser = http::response_parser<http::string_body>;

struct exchanged {
  http_response response;
  bool may_stay = false;  // the connection, for the next request
};
struct exchange_failure {
  net_failure why;
  bool answered = false;  // a byte had come
};

// One request and its response over one connection.
class exchange {
 public:
  exchange(byte_connection& connection, std::string peer, deadline until)
      : connection_{connection}, peer_{std::move(peer)}, until_{until} {}

  void give_up_when_idle_for(std::chrono::milliseconds time) { idle_ = time; }
  // What had come of a response whose head is whole.
  void keep_cut(http_response& into) {
    if (parser_ && parser_->is_header_done()) {
      into = take();
    }
  }

  result<exchanged, exchange_failure> run(std::string_view request, bool no_body,
                                          std::size_t body_bytes_max) {
    const result<done, net_failure> sent = connection_.write(request, until_);
    if (!sent && sent.failure().what != net_fault::closed) {
      return exchange_failure{sent.failure()};
    }
    // A server may answer, and close, before it has read all: what it said is worth more than that.
    std::optional<net_failure> failure;
    do {
      parser_.emplace();
      parser_->header_limit(head_bytes_max);
      parser_->body_limit(body_bytes_max);
      parser_->skip(no_body);
      parser_->eager(true);
      failure = read();
    } while (!failure && parser_->get().result_int() / 100 == 1 &&
             parser_->get().result_int() != 101);
    if (failure) {
      failure->status =
          parser_->is_header_done() ? static_cast<int>(parser_->get().result_int()) : 0;
      return exchange_failure{sent || answered_ ? *failure : sent.failure(), answered_};
    }
    return exchanged{take(), sent.ok() && parser_->keep_alive() && pending_.empty()};
  }

 private:
  std::optional<net_failure> read() {
    std::array<char, read_bytes> buffer;
    while (!parser_->is_done()) {
      boost::system::error_code failure;
      std::size_t used = 0;
      if (!pending_.empty()) {
        used = parser_->put(boost::asio::buffer(pending_), failure);
        pending_.erase(0, used);
      }
      if (failure && failure != http::error::need_more) {
        return describe(failure);
      }
      if (parser_->is_done() || (used > 0 && !pending_.empty() && !failure)) {
        continue;
      }
      const result<std::size_t, net_failure> got =
          connection_.read(buffer, idle_ ? std::min(until_, steady_clock::now() + *idle_) : until_);
      if (!got) {
        return got.failure();
      }
      if (got.value() == 0) {
        return end();
      }
      answered_ = true;
      pending_.append(buffer.data(), got.value());
    }
    return std::nullopt;
  }

  // The server has ended the stream: of some responses that is their end.
  std::optional<net_failure> end() {
    boost::system::error_code failure;
    if (parser_->is_header_done()) {
      parser_->put_eof(failure);
      if (!failure && parser_->is_done()) {
        return std::nullopt;
      }
    }
    return net_failure{net_fault::closed,
                       peer_ + (answered_ ? " closed the connection in the middle of its answer"
                                          : " closed the connection without an answer")};
  }

  net_failure describe(const boost::system::error_code& failure) const {
    if (failure == http::error::body_limit || failure == http::error::header_limit) {
      return {net_fault::too_large, "the answer of " + peer_ + " is too large"};
    }
    return {net_fault::malformed, "the answer of " + peer_ + " is no HTTP: " + failure.message()};
  }

  http_response take() {
    http_response out;
    auto message = parser_->release();
    out.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      out.headers.push_back({std::string{field.name_string()}, std::string{field.value()}});
    }
    out.body = std::move(message.body());
    return out;
  }

  byte_connection& connection_;
  std::string peer_;
  deadline until_;
  std::optional<std::chrono::milliseconds> idle_;
  std::optional<parser> parser_;
  std::string pending_;  // came, and is not parsed
  bool answered_ = false;
};

class keeping_client final : public http_client {
 public:
  keeping_client(http_options options, std::optional<url> proxy, std::unique_ptr<connector> network)
      : options_{std::move(options)}, proxy_{std::move(proxy)}, network_{std::move(network)} {}

  result<http_response, net_failure> send(const http_request& request) override {
    const result<url> address = parse_url(request.url);
    if (!address) {
      return net_failure{net_fault::usage, address.failure().message};
    }
    if (!address.value().user_info.empty()) {
      return net_failure{net_fault::usage, "a URL with a user; credentials belong in a header"};
    }
    if (const std::optional<std::string> flaw = flaw_of(request)) {
      return net_failure{net_fault::usage, *flaw};
    }
    const deadline until = steady_clock::now() + request.timeout.value_or(options_.request_timeout);
    const std::string bytes = bytes_of(request, address.value());
    std::unique_ptr<byte_connection> connection = take_kept(address.value());
    bool reused = connection != nullptr;
    while (true) {
      if (!connection) {
        auto opened = open(address.value(), until);
        if (!opened) {
          return opened.failure();
        }
        connection = std::move(opened.value());
      }
      exchange talk{*connection, to_string(address.value().peer), until};
      if (request.idle_timeout) {
        talk.give_up_when_idle_for(*request.idle_timeout);
      }
      auto got = talk.run(bytes, request.method == "HEAD",
                          request.body_bytes_max.value_or(options_.body_bytes_max));
      if (got) {
        if (got.value().may_stay) {
          keep(address.value(), std::move(connection));
        }
        return std::move(got.value().response);
      }
      const exchange_failure& failure = got.failure();
      if (!reused || failure.answered || failure.why.what != net_fault::closed) {
        if (request.cut != nullptr) {
          talk.keep_cut(*request.cut);
        }
        return failure.why;
      }
      reused = false;
      connection.reset();
    }
  }

  void cancel() override { network_->cancel(); }

 private:
  struct kept {
    std::string origin;
    std::unique_ptr<byte_connection> connection;
    steady_clock::time_point since;
  };

  std::unique_ptr<byte_connection> take_kept(const url& address) {
    const auto now = steady_clock::now();
    std::erase_if(kept_, [&](const kept& each) {
      return now - each.since > kept_time_max || !each.connection->is_fit();
    });
    const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const kept& each) {
      return each.origin == origin_of(address);
    });
    if (found == kept_.end()) {
      return nullptr;
    }
    std::unique_ptr<byte_connection> connection = std::move(found->connection);
    kept_.erase(found);
    return connection;
  }

  void keep(const url& address, std::unique_ptr<byte_connection> connection) {
    if (kept_.size() >= kept_max) {
      kept_.erase(kept_.begin());
    }
    kept_.push_back({origin_of(address), std::move(connection), steady_clock::now()});
  }

  result<std::unique_ptr<byte_connection>, net_failure> open(const url& address, deadline until) {
    const bool by_proxy =
        proxy_ && address.secure && !bypasses_proxy(address.peer, options_.no_proxy);
    const auto now = steady_clock::now();
    auto opened = network_->connect_tcp(by_proxy ? proxy_->peer : address.peer,
                                        std::min(until, now + options_.connect_timeout));
    if (!opened || !address.secure) {
      return opened;
    }
    byte_connection& connection = *opened.value();
    if (by_proxy) {
      if (const auto failure = tunnel(connection, address, until)) {
        return *failure;
      }
    }
    const auto secured = connection.start_tls(
        address.peer.host, std::min(until, steady_clock::now() + options_.handshake_timeout));
    if (!secured) {
      return secured.failure();
    }
    return opened;
  }

  std::optional<net_failure> tunnel(byte_connection& connection, const url& address,
                                    deadline until) {
    const std::string peer = "the proxy " + to_string(proxy_->peer);
    exchange talk{connection, peer,
                  std::min(until, steady_clock::now() + options_.connect_timeout)};
    const auto got = talk.run(tunnel_bytes(address, *proxy_), true, 0);
    if (!got) {
      return got.failure().why;
    }
    const int status = got.value().response.status;
    if (status / 100 != 2) {
      return net_failure{net_fault::refused, peer + " does not let us reach " +
                                                 to_string(address.peer) + " (status " +
                                                 std::to_string(status) + ")"};
    }
    return std::nullopt;
  }

  http_options options_;
  std::optional<url> proxy_;
  std::unique_ptr<connector> network_;
  std::vector<kept> kept_;  // the oldest first
};

}  // namespace

result<std::unique_ptr<http_client>> open_http_client(const http_options& options) {
  std::optional<url> proxy;
  if (!options.https_proxy.empty()) {
    result<url> parsed = parse_url(options.https_proxy);
    if (!parsed || parsed.value().secure) {
      return error{errc::usage, "the proxy for https is no http:// URL: " +
                                    (parsed ? "it is one of https" : parsed.failure().message)};
    }
    proxy = std::move(parsed.value());
  }
  std::shared_ptr<tls_context> tls = options.loaded_tls;
  if (!tls) {
    auto loaded = load_tls(options.tls);
    if (!loaded) {
      return loaded.failure();
    }
    tls = std::move(loaded.value());
  }
  return std::unique_ptr<http_client>{std::make_unique<keeping_client>(
      options, std::move(proxy), open_connector(std::move(tls), options.stop))};
}

}  // namespace trailbell::aws
