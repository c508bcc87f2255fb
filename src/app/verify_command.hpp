// `trailbell verify`: does the alarm chain of a control exist in this account?
#pragma once

#include <string>
#include <vector>

namespace trailbell::app {

struct verify_arguments {
  std::vector<std::string> controls;  // empty: cis-4.4
  // Of an inventory: those that count; empty: all. Of AWS: where one begins; empty: where we are.
  std::vector<std::string> regions;
  bool all_regions = false;
  std::string inventory;       // path; empty: AWS is asked
  std::string save_inventory;  // path
  std::string profile, role_arn, external_id, endpoint_url;
  int timeout_s = 60;  // of asking AWS
  std::string format = "text";
  std::string remediation;  // empty: the report
};

// Gives the exit code.
int verify_command(const verify_arguments& arguments);

}  // namespace trailbell::app
