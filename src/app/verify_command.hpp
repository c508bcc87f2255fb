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

  bool siem = false;                       // a chain through a SIEM
  std::string siem_source = "s3";          // or kafka
  std::vector<std::string> services;       // addresses; empty: http://127.0.0.1:9464
  std::string prometheus;                  // empty: http://127.0.0.1:9090
  std::vector<std::string> alertmanagers;  // empty: those that Prometheus names
  // Files that say how to sign in there; empty: not.
  std::string service_sign_in, prometheus_sign_in, alertmanager_sign_in;

  bool canary = false;  // in place of all else
  std::string canary_source, canary_bucket;
  std::string config = "trailbell.yaml";  // of the service that the canary is for
  std::vector<std::string> settings;
};

// Gives the exit code.
int verify_command(const verify_arguments& arguments);

}  // namespace trailbell::app
