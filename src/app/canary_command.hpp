// `trailbell verify --canary`: does a record that is put into a pipeline come out as an alert?
#pragma once

#include <string>
#include <vector>

namespace trailbell::app {

struct canary_arguments {
  std::string config;                 // of the service
  std::vector<std::string> settings;  // --set
  std::string service;                // its address; empty: metrics.listen of the configuration
  std::string source, bucket;
  std::string format;  // text or json
  int timeout_s = 60;
};

// The exit code: 0 it came, 1 it did not, 2 usage, 3 it could not be sent or asked for.
int canary_command(const canary_arguments& arguments);

}  // namespace trailbell::app
