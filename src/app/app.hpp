// app: the command line. One file per command.
#pragma once

namespace trailbell::app {

// Exit codes, everywhere.
enum exit_code : int {
  exit_done = 0,
  exit_no = 1,       // done, and the answer is "no"
  exit_usage = 2,    // the command line, configuration or a rule is wrong; nothing was done
  exit_failure = 3,  // something could not be read, or failed; the rest was done
};

int run(int argc, char** argv);

}  // namespace trailbell::app
