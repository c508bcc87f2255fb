// stop_signals: Ctrl-C and a polite kill as a request to end in order.
#pragma once

#include <atomic>

namespace trailbell::app {

// SIGINT and SIGTERM set the flag, which has to outlive the process's work; the second one ends the
// process as usual. A reader that goes away is told by write(), not by SIGPIPE.
void stop_on_signals(std::atomic<bool>& flag);

}  // namespace trailbell::app
