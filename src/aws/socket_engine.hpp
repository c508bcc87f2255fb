// How sockets are waited for: with a deadline, and until somebody stops it. For
// byte_connection.cpp.
#pragma once

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>

#include "aws/tls_context.hpp"
#include "trailbell/aws/byte_connection.hpp"
#include "trailbell/base/descriptor.hpp"

namespace trailbell::aws {

// What the connections of one connector share: they run nothing of each other's.
struct socket_engine {
  boost::asio::io_context io{1};
  std::shared_ptr<tls_context> tls;
  std::atomic<bool> cancelled{false};
  descriptor wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};  // readable once it is cancelled
  const std::atomic<bool>* stop = nullptr;

  void cancel() {
    cancelled.store(true);
    const std::uint64_t one = 1;
    (void)!::write(wake.get(), &one, sizeof one);
    boost::asio::post(io, [] {});
  }
  [[nodiscard]] bool stopped() const {
    return cancelled.load() || (stop != nullptr && stop->load());
  }
};

// How long one looks away from a flag that could stop it; cancel() wakes.
inline constexpr std::chrono::milliseconds stop_interval{100};

// Runs handlers until `complete` is set, it is late or stopped.
inline void run_until(socket_engine& of, const bool& complete, deadline until) {
  of.io.restart();
  while (!complete) {
    const deadline now = std::chrono::steady_clock::now();
    if (now >= until || of.stopped()) {
      return;
    }
    of.io.run_one_until(of.stop == nullptr ? until : std::min(until, now + stop_interval));
  }
}

struct outcome {
  bool complete = false;
  boost::system::error_code failure;
  std::size_t size = 0;
};

// Starts an operation and runs until it is complete, late or stopped. Then it is given up by
// `give_up`, and waited for: it holds on to buffers of its caller.
template <class Start, class GiveUp>
outcome perform(socket_engine& of, deadline until, Start start, GiveUp give_up) {
  outcome state;
  start([&state](const boost::system::error_code& failure, std::size_t size = 0) {
    state = {true, failure, size};
  });
  run_until(of, state.complete, until);
  if (!state.complete) {
    give_up();
    of.io.restart();
    while (!state.complete && of.io.run_one() > 0) {
    }
    state.failure = of.stopped() ? boost::system::error_code{boost::asio::error::operation_aborted}
                                 : boost::system::error_code{boost::asio::error::timed_out};
  }
  return state;
}

// Waits for a socket that is ready to be tried again; else why it is not waited for any longer.
// A request and its answer take a call each, and this one in between: the reactor takes thrice
// that.
inline std::optional<boost::system::error_code> await(const socket_engine& of, int socket,
                                                      short events, deadline until) {
  while (true) {
    const deadline now = std::chrono::steady_clock::now();
    if (of.stopped() || now >= until) {
      return of.stopped() ? boost::asio::error::operation_aborted : boost::asio::error::timed_out;
    }
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    left = of.stop == nullptr ? left : std::min(left, stop_interval);
    const auto most = std::chrono::milliseconds{std::numeric_limits<int>::max()};
    pollfd watched[] = {{socket, events, 0}, {of.wake.get(), POLLIN, 0}};
    const int got = ::poll(watched, 2, static_cast<int>(std::min(left, most).count()));
    if (got < 0 && errno != EINTR) {
      return boost::system::error_code{errno, boost::system::system_category()};
    }
    if (got > 0 && watched[0].revents != 0) {
      return std::nullopt;
    }
  }
}

inline bool would_wait(const boost::system::error_code& failure) {
  return failure == boost::asio::error::would_block || failure == boost::asio::error::try_again;
}

}  // namespace trailbell::aws
