// stop_signals: Ctrl-C and a polite kill as a request to end in order.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace trailbell::app {

// SIGINT and SIGTERM set the flag, which has to outlive the process's work; the second one ends the
// process as usual. A reader that goes away, and a limit on the size of files, is told by write(),
// not by SIGPIPE and SIGXFSZ.
void stop_on_signals(std::atomic<bool>& flag);

// A thread that no signal interrupts: those are for the one that waits for them.
[[nodiscard]] std::thread start_thread_without_signals(std::function<void()> work);

}  // namespace trailbell::app
