// `trailbell replay`: the command's options, and what it does with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/aws_options.hpp"

namespace trailbell::app {

struct replay_arguments {
  std::vector<std::string> paths;
  std::vector<std::string> rules;
  std::string format;  // empty: text on a terminal, else jsonl
  std::string output;  // empty: standard output
  std::string progress = "auto";
  std::string summary;  // empty: none
  std::string report;   // empty: none
  std::string quarantine;
  std::string checkpoint;
  std::string from, to;
  std::optional<int> threads;  // none: as many as cores
  bool no_dedup = false;
  bool with_record = false;
  bool fail_on_alert = false;
  bool strict = false;
  std::optional<std::int64_t> max_object_bytes;
  aws_arguments aws;
  std::optional<int> s3_requests;
};

// The exit code.
int replay_command(const replay_arguments& arguments);

}  // namespace trailbell::app
