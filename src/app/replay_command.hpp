// `trailbell replay`: the command's options, and what it does with them.
#pragma once

#include <string>
#include <vector>

#include "app/input_arguments.hpp"

namespace trailbell::app {

struct replay_arguments : input_arguments {
  std::vector<std::string> rules;
  std::string format;  // empty: text on a terminal, else jsonl
  std::string output;  // empty: standard output
  std::string progress = "auto";
  std::string summary;  // empty: none
  std::string report;   // empty: none
  std::string quarantine;
  std::string checkpoint;
  bool no_dedup = false;
  bool with_record = false;
  bool fail_on_alert = false;
  bool strict = false;
};

// The exit code.
int replay_command(const replay_arguments& arguments);

}  // namespace trailbell::app
