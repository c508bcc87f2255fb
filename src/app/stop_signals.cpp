#include "app/stop_signals.hpp"

#include <csignal>
#include <utility>

namespace trailbell::app {
namespace {

std::atomic<bool>* stop_flag = nullptr;
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void on_stop_signal(int signal) {
  stop_flag->store(true);
  std::signal(signal, SIG_DFL);
}

// Without SA_RESTART, so that calls that wait return.
void stop_on(int signal) {
  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void stop_on_signals(std::atomic<bool>& flag) {
  stop_flag = &flag;
  stop_on(SIGINT);
  stop_on(SIGTERM);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on files is a full disk: a write says so
}

std::thread start_thread_without_signals(std::function<void()> work) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread{std::move(work)};  // it inherits the mask
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace trailbell::app
