// aws_inventory: what AWS lists of the account that we are in, as an inventory.
//
// It begins in the regions that are wanted and follows the trails to their home regions and log
// groups. Regions are asked at the same time, each listing once and whole; every answer says how it
// ended, so that what was denied, failed or came too late is never taken for missing. Reads only;
// deploy/aws/verify-policy.json has the actions.
//
// Thread-safety: any number of calls at the same time; each has threads of its own, which are over
// when it returns.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "trailbell/aws/credentials_chain.hpp"
#include "trailbell/base/log.hpp"
#include "trailbell/base/result.hpp"
#include "trailbell/verify/inventory.hpp"

namespace trailbell::verify {

// Where the parts of a SIEM are: http or https, without a path.
struct siem_endpoints {
  std::vector<std::string> services;  // of trailbell
  std::string prometheus;
  std::vector<std::string> alertmanagers;  // empty: those that Prometheus names
  // Files that say how to sign in, as promtool takes them (http_sign_in.hpp); empty: not. They are
  // read at each asking. Alertmanagers that only Prometheus names are told no secret.
  std::string services_sign_in, prometheus_sign_in, alertmanagers_sign_in;
};

struct aws_inventory_options {
  std::vector<std::string> regions;  // to begin in; empty: the settings' region, else us-east-1
  bool all_regions = false;          // that the account has enabled
  std::string profile;               // empty: the standard order of credentials
  aws::role_wish role;               // is assumed with what was found
  std::string endpoint_url;          // another place than AWS's, of every service; empty: none
  std::chrono::seconds timeout{60};  // of all of it; what is not answered then counts as failed
  // A chain through a SIEM is asked about: its parts, at the same time as AWS, and of AWS what
  // brings files to a queue, in place of log groups and alarms.
  std::optional<siem_endpoints> siem;
  aws::variables environment = aws::process_variables();
  log_function log;  // any thread
  std::function<bool()>
      stopped;  // true: nothing more is asked, the rest counts as failed; any thread
};

struct aws_inventory {
  inventory listed;
  std::string text;  // the same as a file that read_inventory() takes
};

// Errors: usage: a region, a URL or a shared file that is wrong; unreadable: no credentials, or AWS
// does not say whose they are or which regions there are; the message says what to do.
[[nodiscard]] result<aws_inventory> ask_aws(const aws_inventory_options& options);

}  // namespace trailbell::verify
