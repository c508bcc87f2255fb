// `trailbell verify`: does the alarm chain of a control exist in this account?
#pragma once

#include <string>
#include <vector>

namespace trailbell::app {

struct verify_arguments {
  std::vector<std::string> controls;  // empty: cis-4.4
  std::vector<std::string> regions;   // empty: all of the inventory's
  std::string inventory;              // path; empty: none
  std::string format = "text";
  std::string remediation;  // empty: the report
  bool asks_aws = false;    // an option that only makes sense where AWS itself is asked
};

// Gives the exit code.
int verify_command(const verify_arguments& arguments);

}  // namespace trailbell::app
