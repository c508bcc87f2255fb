#include "trailbell/emit/syslog_sink.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <utility>

#include "emit/syslog_message.hpp"

namespace trailbell::emit {
namespace {

using std::chrono::steady_clock;

class syslog_sink final : public sink {
 public:
  syslog_sink(syslog_options options, syslog_style style, std::unique_ptr<aws::connector> network)
      : options_{std::move(options)}, style_{std::move(style)}, network_{std::move(network)} {}

  delivery_result deliver(std::span<const alert* const> alerts) override {
    const aws::deadline until = steady_clock::now() + options_.timeout;
    if (connection_ && !connection_->is_fit()) {
      connection_.reset();
    }
    if (!connection_) {
      if (const auto failure = connect(until)) {
        return {delivery::retry, failure->message, std::nullopt};
      }
    }
    delivery_result out = options_.via == syslog_transport::udp ? send_datagrams(alerts, until)
                                                                : send_frames(alerts, until);
    if (out.what == delivery::retry) {
      connection_.reset();
    }
    return out;
  }
  std::size_t alerts_max() const noexcept override {
    return std::max<std::size_t>(options_.alerts_max, 1);
  }
  void hurry() override { network_->cancel(); }
  // A server that left is noticed before the next alert comes.
  void on_idle() override {
    if (connection_ && !connection_->is_fit()) {
      connection_.reset();
    }
  }

 private:
  std::optional<aws::net_failure> connect(aws::deadline until) {
    const aws::peer_address peer{options_.host, options_.port};
    auto opened = options_.via == syslog_transport::udp ? network_->connect_udp(peer, until)
                                                        : network_->connect_tcp(peer, until);
    if (!opened) {
      return opened.failure();
    }
    if (options_.via == syslog_transport::tls) {
      const auto secured = opened.value()->start_tls(options_.host, until);
      if (!secured) {
        return secured.failure();
      }
    }
    connection_ = std::move(opened.value());
    return std::nullopt;
  }

  delivery_result send_frames(std::span<const alert* const> alerts, aws::deadline until) {
    std::string frames;
    for (const alert* const each : alerts) {
      const std::string message = syslog_message(*each, style_);
      frames += fmt::format("{} {}", message.size(), message);
    }
    auto sent = connection_->write(frames, until);
    if (sent) {
      sent = connection_->settle(until);
    }
    return sent ? delivery_result{}
                : delivery_result{delivery::retry, sent.failure().message, std::nullopt};
  }

  delivery_result send_datagrams(std::span<const alert* const> alerts, aws::deadline until) {
    for (const alert* const each : alerts) {
      std::string message = syslog_message(*each, style_);
      if (message.size() > options_.datagram_bytes_max) {
        message = short_syslog_message(*each, style_);
      }
      if (message.size() > options_.datagram_bytes_max) {
        return {delivery::refused,
                fmt::format("a syslog message of {} bytes is beyond datagram_bytes_max, {}",
                            message.size(), options_.datagram_bytes_max),
                std::nullopt};
      }
      const auto sent = connection_->write(message, until);
      if (!sent) {
        const bool never = sent.failure().what == aws::net_fault::too_large;
        return {never ? delivery::refused : delivery::retry, sent.failure().message, std::nullopt};
      }
    }
    return {};
  }

  syslog_options options_;
  syslog_style style_;
  std::unique_ptr<aws::connector> network_;
  std::unique_ptr<aws::byte_connection> connection_;
};

std::uint16_t usual_port(syslog_transport via) {
  constexpr std::array<std::uint16_t, 3> ports{514, 601, 6514};
  return ports[static_cast<std::size_t>(via)];
}

std::string this_host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

result<std::unique_ptr<sink>> open_syslog_sink(syslog_options options) {
  if (options.host.empty()) {
    return error{errc::usage, "a syslog sink needs the host of a server"};
  }
  if (options.facility < 0 || options.facility > 23) {
    return error{errc::usage,
                 fmt::format("syslog has no facility {}; there are 0 to 23", options.facility)};
  }
  if (!is_structured_data_id(options.structured_data_id)) {
    return error{errc::usage,
                 "the id of syslog's structured data has up to 32 printable characters, none of "
                 "them a blank, = ] or \""};
  }
  result<std::unique_ptr<aws::connector>> network = aws::open_connector(options.tls);
  if (!network) {
    return network.failure();
  }
  options.port = options.port == 0 ? usual_port(options.via) : options.port;
  syslog_style style{options.facility, options.host_name.empty() ? this_host() : options.host_name,
                     options.app_name, options.structured_data_id, options.append};
  return std::unique_ptr<sink>{std::make_unique<syslog_sink>(std::move(options), std::move(style),
                                                             std::move(network.value()))};
}

}  // namespace trailbell::emit
